// Wait for something by asking, never by sleeping a guessed time.
export async function poll(what, fn, ms = 30000) {
    const until = Date.now() + ms;
    for (let wait = 5; ; wait = Math.min(wait * 1.5, 100)) {
        const got = await fn();
        if (got)
            return got;
        if (Date.now() > until)
            throw new Error(`waited ${ms} ms in vain for ${what}`);
        await new Promise((done) => setTimeout(done, wait));
    }
}
