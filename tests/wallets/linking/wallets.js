// Wallets made up for the tests: what they do is decided in Python, where the keys are.
(() => {
  const wanted = JSON.parse(window.__wallets ?? "[]");
  const made = wanted.map((each) => {
    const listeners = [];
    return {
      info: { uuid: each.uuid, name: each.name, icon: each.icon, rdns: "test" },
      provider: {
        on: (name, listener) => name === "accountsChanged" && listeners.push(listener),
        removeListener: (name, listener) => listeners.splice(listeners.indexOf(listener), 1),
        request: async ({ method, params }) => {
          const answer = await window.askWallet(each.uuid, method, params ?? []);
          for (const accounts of answer.switched ? [answer.switched] : []) listeners.forEach((hear) => hear(accounts));
          if (answer.switched) return new Promise(() => {});
          if (answer.code) throw { code: answer.code, message: "no" };
          return answer.result;
        },
      },
      announced: each.announced,
    };
  });
  for (const each of made.filter((each) => each.announced)) {
    const detail = Object.freeze({ info: each.info, provider: each.provider });
    addEventListener("eip6963:requestProvider", () =>
      dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail })),
    );
  }
  const injected = made.find((each) => !each.announced);
  if (injected) window.ethereum = injected.provider;
})();
