// Compiles the contracts of the tests, and the check of wallets that are not there yet, into tests/chain/contracts.json:
//
//   npm install --no-save --prefix tests/chain solc@0.8.37 @openzeppelin/contracts@5.7.0
//   node tests/chain/compile.mjs
//
// The file is committed, so that tests need no compiler.
import { createRequire } from "node:module";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const modules = process.env.NODE_MODULES ?? join(here, "node_modules");
const solc = createRequire(join(modules, "any.js"))("solc");
const own = {
  "Tokens.sol": join(here, "contracts", "Tokens.sol"),
  "Accounts.sol": join(here, "contracts", "Accounts.sol"),
  "UndeployedCheck.sol": join(here, "..", "..", "cogs", "wallets", "contracts", "UndeployedCheck.sol"),
};
const input = {
  language: "Solidity",
  sources: Object.fromEntries(Object.entries(own).map(([name, path]) => [name, { content: readFileSync(path, "utf8") }])),
  settings: {
    evmVersion: "cancun",
    optimizer: { enabled: true, runs: 200 },
    metadata: { appendCBOR: false, bytecodeHash: "none" },
    outputSelection: { "*": { "*": ["evm.bytecode.object"] } },
  },
};
const found = (path) => ({ contents: readFileSync(join(modules, path), "utf8") });
const output = JSON.parse(solc.compile(JSON.stringify(input), { import: found }));
for (const error of output.errors ?? []) {
  if (error.severity === "error") throw new Error(error.formattedMessage);
}
const made = {};
for (const file of Object.keys(own)) {
  for (const [name, { evm }] of Object.entries(output.contracts[file])) made[name] = evm.bytecode.object;
}
writeFileSync(join(here, "contracts.json"), `${JSON.stringify(made, null, 1)}\n`);
