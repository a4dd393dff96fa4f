"""The pages about all commands, from the commands themselves: ``uv run python -m tests.commands`` writes them anew."""

import asyncio
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from discord import AppCommandOptionType, Permissions

from bot.i18n import languages
from tests.harness import running_bot

DOCS: Final = Path(__file__).parents[1] / "docs"
SUBCOMMAND: Final = AppCommandOptionType.subcommand.value
# What the pages say besides the commands: title, introduction, heads of the columns, moderators' commands, types.
WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "title": "Commands",
        "intro": "What Discord shows of each command. Options in **bold** must be given. A time, a length or a list is "
        "text: `/help` in Discord shows examples to copy.",
        "columns": "option | takes | what it is",
        "moderators": "For moderators, until the server's integration settings say otherwise.",
        "string": "text",
        "integer": "a number",
        "boolean": "yes or no",
        "user": "a member",
        "channel": "a channel",
        "role": "a role",
        "attachment": "a file",
    },
    "ja": {
        "title": "コマンド一覧",
        "intro": "各コマンドについて Discord に表示される内容です。**太字**のオプションは必須です。日時、期間、リストは"
        "テキストで入力します。コピーして使える例は Discord の `/help` にあります。",
        "columns": "オプション | 値 | 説明",
        "moderators": "モデレーター用です（サーバーの連携サービス設定で変更できます）。",
        "string": "テキスト",
        "integer": "数",
        "boolean": "はい／いいえ",
        "user": "メンバー",
        "channel": "チャンネル",
        "role": "ロール",
        "attachment": "ファイル",
    },
    "ko": {
        "title": "명령어 목록",
        "intro": "각 명령어에 대해 Discord에 표시되는 내용입니다. **굵은** 옵션은 반드시 입력합니다. "
        "시각, 기간, 목록은 텍스트로 입력합니다. 복사해 쓸 수 있는 예는 Discord의 `/help`에 있습니다.",
        "columns": "옵션 | 값 | 설명",
        "moderators": "관리자용입니다. 서버의 연동 설정에서 바꿀 수 있습니다.",
        "string": "텍스트",
        "integer": "숫자",
        "boolean": "예/아니요",
        "user": "멤버",
        "channel": "채널",
        "role": "역할",
        "attachment": "파일",
    },
}


def path_of(language: str) -> Path:
    return DOCS / ("commands.md" if language == "en" else f"commands.{language}.md")


def page(commands: Sequence[Mapping[str, Any]], language: str) -> str:
    """Return the page about these commands, as Discord was given them."""
    words = WORDS[language]
    others = " · ".join(f"[{each}]({path_of(each).name})" for each in languages() if each != language)
    lines = [f"# {words['title']}", "", f"{words['intro']} {others}", ""]
    for command in sorted(commands, key=lambda each: each["name"]):
        lines += [f"## /{command['name']}", "", _described(command, language), ""]
        if str(command["default_member_permissions"]) == str(Permissions(manage_guild=True).value):
            lines += [words["moderators"], ""]
        parts = [each for each in command.get("options", ()) if each["type"] == SUBCOMMAND]
        for part in sorted(parts, key=lambda each: each["name"]):
            lines += [f"### /{command['name']} {part['name']}", "", _described(part, language), ""]
            lines += _options(part, language)
        if not parts:
            lines += _options(command, language)
    return "\n".join(lines)


def _options(command: Mapping[str, Any], language: str) -> Iterator[str]:
    options = command.get("options", ())
    if not options:
        return
    columns = WORDS[language]["columns"]
    yield from (f"| {columns} |", "|" + "---|" * (columns.count("|") + 1))
    for option in options:
        name = f"**{option['name']}**" if option.get("required") else option["name"]
        values = " · ".join(f"`{choice['value']}`" for choice in option.get("choices") or ())
        takes = values or WORDS[language][AppCommandOptionType(option["type"]).name]
        yield f"| {name} | {takes} | {_described(option, language)} |"
    yield ""


def _described(each: Mapping[str, Any], language: str) -> str:
    text: str = each["description"] if language == "en" else each["description_localizations"][language]
    return text.replace("|", "\\|")


async def pages() -> dict[str, str]:
    """Start the bot, and return the pages by language."""
    with tempfile.TemporaryDirectory() as folder:
        async with running_bot(Path(folder)) as world:
            return {language: page(world.commands(), language) for language in languages()}


def main() -> None:
    for language, text in asyncio.run(pages()).items():
        path_of(language).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
