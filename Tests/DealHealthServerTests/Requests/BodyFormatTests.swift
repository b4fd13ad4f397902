import HTTPTypes
import Testing

@testable import DealHealthServer

@Suite struct BodyFormatTests {
    @Test(arguments: [
        (nil, BodyFormat.json), ("application/json", .json), ("APPLICATION/JSON ; charset=utf-8", .json),
        ("application/x-ndjson", .lines), ("application/ndjson;x=y", .lines), ("application/jsonl", .lines),
    ])
    func knownTypes(type: String?, format: BodyFormat) throws {
        #expect(try BodyFormat(type.map { [.contentType: $0] } ?? [:]) == format)
    }

    @Test(arguments: [
        "", "text/plain", "application/x-www-form-urlencoded", "application/json, text/plain", "json", ";",
    ])
    func otherTypesAreRefusedWithThoseTaken(type: String) {
        let problem = #expect(throws: Problem.self) { try BodyFormat([.contentType: type]) }
        #expect(problem?.status.code == 415 && problem?.headers[.acceptPost]?.contains("application/x-ndjson") == true)
    }

    @Test func compressedBodiesAreRefused() {
        let problem = #expect(throws: Problem.self) { try BodyFormat([.contentEncoding: "gzip"]) }
        #expect(problem?.status.code == 415 && problem?.headers[.acceptEncoding] == "identity")
        #expect((try? BodyFormat([.contentEncoding: "identity"])) == .json)
    }
}
