// A reporter for node's test runner: each test is a line of the results that tools/dev/checks.sh
// counts: "ok" or "FAIL", seconds, name, and of what failed the reason.  What was skipped is no
// result.  Where the preparation of a file or a suite failed, that is the line with the reason, and
// each test that could not begin is "NONE".
const LONGEST = 300;             // letters of a reason

function reason({ error }) {
    const cause = error?.cause ?? error, where = /\(?(?:file:\/\/)?\S*(tests\/\S+?:\d+)/.exec(cause?.stack);
    return `${cause?.message ?? cause} ${where?.[1] ?? ''}`.replace(/\s+/g, ' ').slice(0, LONGEST);
}

// A suite that says something of its own: a hook of it failed.
const hook_failed = ({ error }) => error?.failureType === 'hookFailed';

function word(type, { error }) {
    if (type === 'test:pass')
        return 'ok';
    return error?.failureType === 'cancelledByParent' ? 'NONE' : 'FAIL';
}

export default async function* results(events) {
    for await (const { type, data } of events) {
        const ended = type === 'test:pass' || type === 'test:fail';
        if (!ended || data.skip !== undefined || data.details.type === 'suite' && !hook_failed(data.details))
            continue;
        const line = [word(type, data.details), (data.details.duration_ms / 1000).toFixed(1), data.name];
        yield `${[...line, ...line[0] === 'FAIL' ? [reason(data.details)] : []].join('\t')}\n`;
    }
}
