"""Wallets and gates. Numbers in test names are those of this checklist of what goes wrong where bots read wallets.

2.1 Asking for a signature

1. The link and the text hold different secrets; of the link's only a hash is kept.
2. A challenge is for one server, member, domain, chain, address and exact text, and for ten minutes.
3. It is consumed once, in the transaction that links; five wrong signatures use it up.
4. Its lines are those of EIP-4361; the domain is the configured one, with its port.
5. The statement names account and server and says that nothing moves; names stay within the grammar.
6. A link passed on to a holder: page and text name whose account gets the wallet, and Discord is asked who is in front
   of the page, where that is configured.
7. Only a POST of JSON from our own page does anything; members and visitors have limits.
8. Strict headers, nothing inline, nothing from elsewhere.

2.2 The signature

1. Of an ordinary account: 65 bytes, either form of v, the lower half of s, and the signer is the challenged address.
2. Recovered first, also for accounts with code (EIP-7702).
3. Otherwise a contract is asked on the text's chain (ERC-1271); a chain that cannot be asked says nothing.
4. A wallet that is not there yet (ERC-6492).
5. A contract wallet counts on its own chain only; what its proof rested on is recorded, and asked for anew in time.
6. Addresses are linked, never names.

2.3 Links

1. One wallet, one member; ten wallets a member.
2. Unlinking takes effect at once; the wallet goes to nobody else for a day.
3. Delegations are left out: docs/design.md says why.
4. Addresses are personal data: shortened, in no log, exported to their owner, gone when someone is forgotten.

2.4 Rules

1. What cannot be read is unknown: `success` without data is no zero, a short answer no number.
2. Unknown changes no role, in sums and through `and`, `or`, `not` and `at least`; amounts are integers.
3. A role is taken after two cycles that said no and the grace period, never by a cycle that would take many, and only
   if it was ours.
4. A rule is checked when it is made: contract, chain, standard, and a role the bot can and may give.
5. One block for a chain and cycle, by number; roles are taken at finalized state.
6. Multicall3 only with its own code, one contract to a request, 500 calls, halved where it is refused.
7. Endpoints' limits are kept; their addresses hold keys and are never shown.
8. Lists and ranges of token ids.
"""
