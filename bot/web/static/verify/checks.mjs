// What the checks of all formats have in common: each throws what is wrong, and all of them are made.

export class Fault extends Error {}

export function demand(holds, otherwise) {
  if (!holds) throw new Fault(otherwise);
}

// Run checks by name on what is known of a file: rows of a name and what is wrong, or null.
export function run(checks, facts) {
  return Object.entries(checks).map(([name, check]) => {
    try {
      check(facts);
      return { name, fault: null };
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return { name, fault: error.message };
    }
  });
}
