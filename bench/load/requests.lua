-- A load for wrk: GETs that differ in their cookie or POSTs that differ in their body, taken at random from a file.
-- wrk … URL -- GET|POST FILE; the last line printed is the outcome as JSON, times in microseconds.
local ready = {}

function init(args)
  math.randomseed(os.time())
  for line in io.lines(args[2]) do
    if args[1] == "GET" then
      ready[#ready + 1] = wrk.format("GET", nil, { Cookie = line })
    else
      local headers = { ["Content-Type"] = "application/json", Origin = "http://localhost:3000" }
      ready[#ready + 1] = wrk.format("POST", nil, headers, line)
    end
  end
end

function request()
  return ready[math.random(#ready)]
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format('{"requests": %d, "us": %d, "failed": %d, "p50": %d, "p99": %d}\n',
    summary.requests, summary.duration, failed, latency:percentile(50), latency:percentile(99)))
end
