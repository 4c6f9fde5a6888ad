// A reporter for node's test runner: each test is a line of the results that tools/dev/checks.sh
// counts: "ok" or "FAIL", seconds, name.  What was skipped is no result.
export default async function* results(events) {
    for await (const { type, data } of events) {
        const ended = type === 'test:pass' || type === 'test:fail';
        if (ended && data.details.type !== 'suite' && data.skip === undefined)
            yield `${type === 'test:pass' ? 'ok' : 'FAIL'}\t${(data.details.duration_ms / 1000).toFixed(1)}\t${data.name}\n`;
    }
}
