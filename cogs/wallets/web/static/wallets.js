// Wallets in this browser: found by EIP-6963, else window.ethereum. Only accounts, the network and a signature are asked for.

/** A wallet did not do what was asked; `reason` names the sentence to say, `values` what it is about. */
export class Declined extends Error {
  constructor(reason, values = {}) {
    super(reason);
    this.reason = reason;
    this.values = values;
  }
}

const PATIENCE_MS = 400;
const REJECTED = 4001;
const PENDING = -32002;

/** Return the wallets that make themselves known, as {id, name, icon, provider}; name is null for an unknown one. */
export function discover() {
  const found = new Map();
  const announced = ({ detail }) => {
    const { info, provider } = detail ?? {};
    if (!info || typeof provider?.request !== "function" || found.has(info.uuid)) return;
    found.set(info.uuid, { id: info.uuid, name: String(info.name).slice(0, 60), icon: picture(info.icon), provider });
  };
  addEventListener("eip6963:announceProvider", announced);
  dispatchEvent(new Event("eip6963:requestProvider"));
  return new Promise((resolve) => {
    setTimeout(() => {
      removeEventListener("eip6963:announceProvider", announced);
      if (found.size === 0 && typeof window.ethereum?.request === "function") {
        found.set("window", { id: "window", name: null, icon: null, provider: window.ethereum });
      }
      resolve([...found.values()]);
    }, PATIENCE_MS);
  });
}

/** Only pictures that come with the wallet; nothing is loaded from elsewhere. */
function picture(icon) {
  return typeof icon === "string" && /^data:image\//i.test(icon) && icon.length < 200_000 ? icon : null;
}

/** Ask for an account; returns its address. */
export async function connect(provider) {
  const accounts = await request(provider, "eth_requestAccounts");
  if (!Array.isArray(accounts) || typeof accounts[0] !== "string") throw new Declined("no_account");
  return accounts[0];
}

/** Return the number of the network a wallet is set to, or null where it does not say. */
export async function network(provider) {
  try {
    const number = Number(await provider.request({ method: "eth_chainId" }));
    return Number.isSafeInteger(number) && number > 0 ? number : null;
  } catch {
    return null;
  }
}

/** Ask for a signature of a text by an address; declined when the wallet changes to another account meanwhile. */
export async function sign(provider, text, address) {
  let stop;
  const switched = new Promise((_, reject) => {
    stop = (accounts) => {
      if (String(accounts?.[0] ?? "").toLowerCase() !== address.toLowerCase()) reject(new Declined("switched"));
    };
  });
  provider.on?.("accountsChanged", stop);
  try {
    return await Promise.race([switched, request(provider, "personal_sign", [hex(text), address])]);
  } finally {
    provider.removeListener?.("accountsChanged", stop);
  }
}

async function request(provider, method, params) {
  try {
    return await provider.request(params ? { method, params } : { method });
  } catch (error) {
    const code = error?.code ?? error?.data?.originalError?.code;
    if (code === REJECTED) throw new Declined("rejected");
    if (code === PENDING) throw new Declined("pending");
    throw new Declined("wallet_error");
  }
}

function hex(text) {
  return "0x" + [...new TextEncoder().encode(text)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
