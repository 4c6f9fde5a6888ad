// A reporter for node's test runner: each test is a line of the results that tools/dev/checks.sh
// counts: "ok" or "FAIL", seconds, name, and of what failed the reason.  What was skipped is no result.
const LONGEST = 300;             // letters of a reason

function reason({ error }) {
    const cause = error?.cause ?? error, where = /\(?(?:file:\/\/)?\S*(tests\/\S+?:\d+)/.exec(cause?.stack);
    return `${cause?.message ?? cause} ${where?.[1] ?? ''}`.replace(/\s+/g, ' ').slice(0, LONGEST);
}

export default async function* results(events) {
    for await (const { type, data } of events) {
        const ended = type === 'test:pass' || type === 'test:fail';
        if (!ended || data.details.type === 'suite' || data.skip !== undefined)
            continue;
        const line = [type === 'test:pass' ? 'ok' : 'FAIL', (data.details.duration_ms / 1000).toFixed(1), data.name];
        yield `${[...line, ...type === 'test:fail' ? [reason(data.details)] : []].join('\t')}\n`;
    }
}
