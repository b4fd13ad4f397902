import Foundation
import Testing

@testable import DealHealthCore

/// Agrees with Foundation's parser on what is JSON, over random documents broken at random.
///
/// Foundation decides about the document as a whole, and so do we, but for what refuses one event only: bad strings,
/// and numbers without a `Double`. The documents have neither. It also takes byte order marks and other encodings,
/// which ASCII documents without NUL do not trigger.
@Suite struct JSONDifferentialTests {
    static func document(depth: Int, _ generator: inout EventGenerator) -> String {
        let space = [" ", "", "", "\n", "\t", "\r"].randomElement(using: &generator) ?? ""
        let scalars = [
            "0", "-1.5", "1.25E-2", "true", "false", "null", "\"\"", "\"abc\"", "\"a\\n\\\"\\u0041\"", "\"\\/\\\\\"",
            "7",
        ]
        let kind = depth >= 4 ? 0 : Int.random(in: 0..<4, using: &generator)
        let count = Int.random(in: 0...3, using: &generator)
        switch kind {
        case 2:
            let elements = (0..<count).map { _ in document(depth: depth + 1, &generator) }
            return space + "[" + elements.joined(separator: ",") + space + "]"
        case 3:
            let members = (0..<count).map { "\"k\($0)\"\(space):" + document(depth: depth + 1, &generator) }
            return space + "{" + members.joined(separator: ",") + space + "}" + space
        default:
            return space + (scalars.randomElement(using: &generator) ?? "0") + space
        }
    }

    /// Foundation takes `[1,]` and `{"a":1,}`.
    static func hasTrailingComma(_ bytes: [UInt8]) -> Bool {
        let text = bytes.filter { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        return zip(text, text.dropFirst()).contains {
            $0 == UInt8(ascii: ",") && [UInt8(ascii: "]"), UInt8(ascii: "}")].contains($1)
        }
    }

    @Test func agreesWithFoundation() {
        var generator = EventGenerator(state: 11)
        let alphabet = Array("{}[]\":,\\u0123eE+-.truefalsn \n\t\u{1}/*".utf8)
        var valid = 0
        var invalid = 0
        for _ in 0..<40_000 {
            var bytes = Array(Self.document(depth: 0, &generator).utf8)
            for _ in 0..<Int.random(in: 0...2, using: &generator) where !bytes.isEmpty {
                let position = Int.random(in: 0..<bytes.count, using: &generator)
                let byte = alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[position] = byte
                case 1: bytes.remove(at: position)
                default: bytes.insert(byte, at: position)
                }
            }
            let ours = JSONSyntaxTests.failure(String(decoding: bytes, as: UTF8.self)) == nil
            let theirs = (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil
            if ours != theirs, ours || !Self.hasTrailingComma(bytes) {
                Issue.record("ours \(ours): \(String(decoding: bytes, as: UTF8.self).debugDescription)")
            }
            if ours { valid += 1 } else { invalid += 1 }
        }
        #expect(valid > 5_000 && invalid > 5_000)
    }
}
