// What every program here needs: its configuration, its user's browser, and a way to say what came of it.

import { webcrypto } from "node:crypto";
import { createInterface } from "node:readline";

// Node 18 has it, but not where libraries look for it.
globalThis.crypto ??= webcrypto;
globalThis.CryptoKey ??= webcrypto.CryptoKey;

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const say = message => console.log(JSON.stringify(message));
const listen = async () => JSON.parse((await lines.next()).value);

export const config = await listen();

/** Sends the user's browser to an address; returns where it comes out. */
export async function visit(url) {
    say({ visit: url });
    return listen();
}

/** Lets the user allow the device that shows a code. */
export async function allow(userCode) {
    say({ allow: userCode });
    return listen();
}

/** Runs what has to fail; returns the provider's error, or else the library's own code. */
export async function refused(action) {
    try {
        await action();
    } catch (error) {
        return error.error ?? error.code ?? String(error);
    }
    return "no error";
}

/** Ends the program. */
export function finish(result) {
    say({ result });
    process.stdin.destroy();
}
