import DealHealthEngine
import Foundation
import Logging
import Testing

@testable import dealhealth

@Suite struct JSONLogHandlerTests {
    @Test func aLineIsAnObject() throws {
        let written = Locked<Data>(Data())
        var logger = Logger(label: "dealhealth") { label in
            JSONLogHandler(label: label, service: "ours") { line in written.withLock { $0.append(line) } }
        }
        logger[metadataKey: "own"] = "1"
        logger.debug("not logged")
        logger.warning(
            "two\nlines, \"quoted\"",
            metadata: ["list": ["a", .dictionary(["b": "c"])], "number": .stringConvertible(7)])
        logger.info("plain")
        let lines = written.withLock { $0 }.split(separator: UInt8(ascii: "\n"))
        try #require(lines.count == 2)
        let object = try #require(try JSONSerialization.jsonObject(with: lines[0]) as? [String: Any])
        #expect(Set(object.keys) == ["timestamp", "level", "service", "logger", "message", "metadata"])
        #expect(object["level"] as? String == "warning")
        #expect(object["service"] as? String == "ours")
        #expect(object["message"] as? String == "two\nlines, \"quoted\"")
        let metadata = try #require(object["metadata"] as? [String: Any])
        #expect(metadata["own"] as? String == "1")
        #expect(metadata["number"] as? String == "7")
        #expect((metadata["list"] as? [Any])?.count == 2)
    }
}
