-- What wrk sends, and its figures as one line of JSON.  Arguments after "--":
--     paths FILE          GET, the paths of the file in turn
--     announce PREFIX     POST, one new guide each
local threads = 0
local requests = {}
local at = 0

function setup(thread)
    thread:set("id", threads)
    threads = threads + 1
end

local function announcement()
    at = at + 1
    local body = string.format('{"name":"Ana Pérez","phone":"300555%04d","guides":"%s%d%07d",'
        .. '"consent":true}', (at * 2 + id) % 10000, prefix, id, at)
    return wrk.format("POST", "/api/v1/announcements", nil, body)
end

local function next_path()
    at = at % #requests + 1
    return requests[at]
end

function init(args)
    if args[1] == "announce" then
        prefix = args[2]
        wrk.headers["Content-Type"] = "application/json"
        request = announcement
        return
    end
    for path in io.lines(args[2]) do
        requests[#requests + 1] = wrk.format("GET", path)
    end
    at = id * math.floor(#requests / 2)      -- threads begin at different places
    request = next_path
end

function done(summary, latency)
    local e = summary.errors
    io.write(string.format('\nJSON {"seconds":%.6f,"requests":%d,"bytes":%d,"p50":%.3f,"p99":%.3f,'
        .. '"max":%.3f,"status":%d,"broken":%d}\n', summary.duration / 1e6, summary.requests,
        summary.bytes, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
        latency.max / 1e3, e.status, e.connect + e.read + e.write + e.timeout))
end
