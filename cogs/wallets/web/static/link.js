// The story of the page: whose account it is, which wallet, one signature, done.
// The token of the link stays in the address's fragment, which browsers send to nobody.

import { ask, Refused, Unreachable } from "./server.js";
import { say, speak } from "./texts.js";
import { connect, Declined, discover, network, sign } from "./wallets.js";

const TOKEN = "ikuzo.token";
const IDENTITY = "ikuzo.identity";
const NETWORKS = { 1: "Ethereum", 10: "Optimism", 56: "BNB", 100: "Gnosis", 137: "Polygon", 8453: "Base", 42161: "Arbitrum" };

const get = (id) => document.getElementById(id);
let token = location.hash.slice(1);
let session = null;
let busy = false;
// Said again when the language changes.
let redraw = () => {};

function show(id, visible = true) {
  get(id).hidden = !visible;
}

/** Go on to a section: what was said before is over, and its heading is read out. */
function step(id) {
  show("trouble", false);
  show("status", false);
  show(id);
  get(`${id}-title`).focus();
}

function status(name, values) {
  redraw = () => {
    get("status").textContent = say(name, values?.());
  };
  redraw();
  show("trouble", false);
  show("status");
}

/** Say what went wrong; `over` when only a new link helps, `choice` when it may be gone on with. */
function trouble(sentence, { over = false, choice = false } = {}) {
  redraw = () => {
    get("trouble-text").textContent = sentence();
  };
  redraw();
  show("status", false);
  show("trouble-next", over);
  show("trouble-choice", choice);
  if (over) for (const id of ["whose", "choose"]) show(id, false);
  show("trouble");
  if (over || choice) get("trouble-title").focus();
}

function explain(error, wallet) {
  if (error instanceof Declined) {
    trouble(() => say(error.reason, { wallet: name(wallet), ...error.values }), { choice: error.reason === "chain" });
  } else if (error instanceof Refused) {
    trouble(() => error.message, { over: error.over && !wallet });
    if (wallet && error.over) void closed(error);
  } else if (error instanceof Unreachable) {
    trouble(() => say("offline"));
  } else {
    console.error(error);
    trouble(() => say("wallet_error", { wallet: name(wallet) }));
  }
}

/** After a refusal: is the link itself over, or may another wallet be tried? */
async function closed(error) {
  try {
    await ask("/api/session", { token });
  } catch (again) {
    if (again instanceof Refused && again.over) trouble(() => error.message, { over: true });
  }
}

const name = (wallet) => wallet?.name ?? say("injected");
const networkName = (number) => (NETWORKS[number] ? `${NETWORKS[number]} (${number})` : String(number));
const short = (address) => `${address.slice(0, 6)}…${address.slice(-4)}`;

function identity() {
  const [whose, secret] = (sessionStorage.getItem(IDENTITY) ?? "").split(" ");
  return whose === token ? secret : undefined;
}

// 1. The link

async function begin() {
  if (location.pathname === "/oauth" && !(await returned())) return;
  if (!token) {
    trouble(() => say("incomplete"), { over: true });
    return;
  }
  try {
    session = await ask("/api/session", { token, identity: identity() });
  } catch (error) {
    explain(error);
    return;
  }
  speak(session.language);
  drawWhose();
  step("whose");
  if (!session.identity && identity()) await choose();
}

function drawWhose() {
  get("account").textContent = `@${session.account}`;
  get("server").textContent = session.server;
  get("account-id").textContent = say("id", { id: session.user_id });
  get("server-id").textContent = say("id", { id: session.server_id });
  const time = new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: "short" });
  get("until").textContent = say("until", { time: time.format(new Date(session.expires_at)) });
  show("confirm", !session.identity);
  show("identify", session.identity);
  show("identify-why", session.identity);
  get("metamask").textContent = say("open_in", { wallet: "MetaMask" });
  get("coinbase").textContent = say("open_in", { wallet: "Coinbase Wallet" });
}

// 2. Discord, where it is asked whose browser this is

async function identify() {
  try {
    const { url } = await ask("/api/identity", { token });
    sessionStorage.setItem(TOKEN, token);
    location.assign(url);
  } catch (error) {
    explain(error);
  }
}

/** Back from Discord: take its answer out of the address, and have it checked. */
async function returned() {
  const answer = new URLSearchParams(location.search);
  token = sessionStorage.getItem(TOKEN) ?? "";
  sessionStorage.removeItem(TOKEN);
  history.replaceState(null, "", token ? `/link#${token}` : "/link");
  const [code, state] = [answer.get("code"), answer.get("state")];
  if (!token || !state) {
    trouble(() => say("other_browser"), { over: true });
    return false;
  }
  if (!code) {
    trouble(() => say("refused_identity"), { over: true });
    return false;
  }
  try {
    const found = await ask("/api/oauth", { token, code, state });
    sessionStorage.setItem(IDENTITY, `${token} ${found.identity}`);
    return true;
  } catch (error) {
    explain(error);
    return false;
  }
}

// 3. The wallet

async function choose() {
  const wallets = await discover();
  show("confirming", false);
  get("wallets").replaceChildren(...wallets.map(row));
  show("none", wallets.length === 0);
  show("look-again", wallets.length === 0);
  // Straight to the app: the makers' https links lead over their servers, which would be told the token.
  get("metamask").href = `metamask://dapp/${location.host}/link#${token}`;
  get("coinbase").href = `cbwallet://dapp?url=${encodeURIComponent(`${location.origin}/link#${token}`)}`;
  show("phone", wallets.length === 0);
  step("choose");
}

function row(wallet) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  const label = document.createElement("span");
  button.type = "button";
  if (wallet.name === null) label.dataset.text = "injected";
  label.textContent = name(wallet);
  if (wallet.icon) {
    const icon = document.createElement("img");
    icon.src = wallet.icon;
    icon.alt = "";
    button.append(icon);
  }
  button.append(label);
  button.addEventListener("click", () => link(wallet));
  item.append(button);
  return item;
}

// 4. The signature

async function link(wallet, anyNetwork = false) {
  if (busy) return;
  busy = true;
  waiting(true);
  try {
    status("connecting", () => ({ wallet: name(wallet) }));
    const address = await connect(wallet.provider);
    const chain = await network(wallet.provider);
    const known = session.chains.includes(chain);
    if (!known && !anyNetwork && chain !== null && session.chains.length > 0) {
      get("chain-retry").onclick = () => link(wallet);
      get("chain-anyway").onclick = () => link(wallet, true);
      const list = new Intl.ListFormat(document.documentElement.lang, { type: "disjunction" });
      throw new Declined("chain", { chain: networkName(chain), known: list.format(session.chains.map(networkName)) });
    }
    const asked = { token, address, chain_id: known ? chain : undefined, identity: identity() };
    const { message } = await ask("/api/challenge", asked);
    status("signing", () => ({ wallet: name(wallet), address: short(address) }));
    const signature = await sign(wallet.provider, message, address);
    status("sending");
    await ask("/api/link", { token, address, signature, identity: identity() });
    finished(address);
  } catch (error) {
    explain(error, wallet);
  } finally {
    busy = false;
    waiting(false);
  }
}

function waiting(on) {
  // Not `disabled`: that would take the focus away.
  for (const each of get("wallets").querySelectorAll("button")) each.setAttribute("aria-disabled", String(on));
}

function finished(address) {
  sessionStorage.removeItem(IDENTITY);
  for (const id of ["whose", "choose"]) show(id, false);
  redraw = () => {
    const values = { address: short(address), account: `@${session.account}`, server: session.server };
    get("done-text").textContent = say("done_text", values);
  };
  redraw();
  step("done");
}

// What can be pressed

get("confirm").addEventListener("click", choose);
get("identify").addEventListener("click", identify);
get("look-again").addEventListener("click", choose);
addEventListener("hashchange", () => location.reload());
for (const each of document.querySelectorAll("[data-language]")) {
  each.addEventListener("click", () => {
    speak(each.dataset.language);
    if (session) drawWhose();
    redraw();
  });
}

speak(document.documentElement.lang);
status("loading");
await begin();
