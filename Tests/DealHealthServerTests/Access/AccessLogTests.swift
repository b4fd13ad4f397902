import DealHealthEngine
import DealHealthReactor
import DealHealthTesting
import Foundation
import Glibc
import HTTPTypes
import Testing

@testable import DealHealthServer

@Suite struct AccessLogTests {
    private static let visitor = AccessLog.Visitor(address: PeerAddress(high: 0, low: 0xFFFF_7F00_0001))

    /// A pipe: its end to read from, and its end to write to.
    private static func pipe() -> (FileHandle, Int32) {
        let pipe = Pipe()
        return (pipe.fileHandleForReading, dup(pipe.fileHandleForWriting.fileDescriptor))
    }

    private static func lines(_ handle: FileHandle) throws -> [[String: Any]] {
        let text = String(decoding: try handle.readToEnd() ?? Data(), as: UTF8.self)
        return try text.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    /// Every request is a line, whichever lane answered it.
    @Test func bothLanesLogAlike() async throws {
        var logged: [[String]] = []
        for isFastLaneEnabled in [true, false] {
            let (reader, writer) = Self.pipe()
            try await EngineHarness(log: InMemoryLog()).run { engine in
                _ = try await engine.submit(Samples.test("a", id: "known"))
                let handle = EngineHandle()
                handle.recovered(engine)
                var access = AccessSettings()
                access.keys = KeyRing(TokenForge.plain)
                try await TestServer.serve(
                    handle, isFastLaneEnabled: isFastLaneEnabled, access: access, accessLogDescriptor: writer
                ) { server in
                    let fields: HTTPFields = [.requestID: "r-1"]
                    let bad: HTTPFields = [.authorization: "Bearer secret"]
                    _ = try await server.send(.get, "/v1/deals/a/health", headers: bad)
                    _ = try await server.send(.get, "/v1/deals", headers: bad)
                    for path in ["/v1/deals/a/health", "/v1/deals/none/health", "/v1/deals?limit=1", "/nothing"] {
                        _ = try await server.send(.get, path, headers: fields)
                    }
                    _ = try await server.get("/v1/deals/health?ids=a")
                    _ = try await server.post(Samples.test("a", id: "known"))
                    _ = try await server.post("[\(Samples.test("a", id: "known"))]")
                    try await Task.sleep(for: .milliseconds(50))
                }
            }
            close(writer)
            let lines = try Self.lines(reader)
            #expect(lines.allSatisfy { $0["ms"] is NSNumber && $0["client"] as? String == "127.0.0.1" })
            #expect(!"\(lines)".contains("secret"))
            logged.append(
                lines.map {
                    "\($0["method"] ?? "") \($0["target"] ?? "") \($0["status"] ?? "") \($0["request_id"] ?? "-")"
                }
            )
        }
        #expect(
            logged[0] == [
                "GET /v1/deals/a/health 401 -", "GET /v1/deals 401 -", "GET /v1/deals/a/health 200 r-1",
                "GET /v1/deals/none/health 404 r-1", "GET /v1/deals?limit=1 200 r-1",
                "GET /nothing 404 r-1", "GET /v1/deals/health?ids=a 200 -", "POST /v1/events 401 -",
                "POST /v1/events 401 -",
            ])
        #expect(logged[1] == logged[0])
    }

    /// A reader that stops holds up nobody, and what it misses is counted.
    @Test func aSlowReaderLosesLinesOnly() throws {
        let (reader, writer) = Self.pipe()
        let registry = PrometheusRegistry()
        let log = AccessLog(descriptor: writer, factory: registry)
        let count = 40_000
        // Would never end if anybody waited: nothing is read yet.
        for index in 0..<count { log.note(.get, "/\(index)", .ok, in: .zero, Self.visitor) }
        let exposition = registry.expose(.text)
        let dropped = try #require(
            exposition.split(separator: "\n").first { $0.hasPrefix("dealhealth_access_log_dropped_total ") }
                .flatMap { Double($0.split(separator: " ")[1]) })
        #expect(dropped > 0)
        var newlines = 0
        while newlines < count - Int(dropped) {
            let data = reader.availableData
            if data.isEmpty { break }
            newlines += data.count { $0 == UInt8(ascii: "\n") }
        }
        #expect(newlines == count - Int(dropped), "and what is not dropped is whole")
        close(writer)
    }
}
