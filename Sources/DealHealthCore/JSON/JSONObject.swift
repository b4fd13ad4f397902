/// One JSON object, read whole and strictly (RFC 8259), for a small text of which a few members matter.
///
/// Refused beside what is not JSON: duplicate members, however their keys are written and however deep they are; strings that are
/// not Unicode; nesting past `Limits.jsonDepthMax`; anything but white space around the object.
/// Strings are bytes of UTF-8, because Swift compares a `String` by what it looks like: "\u{212A}" equals "K".
package struct JSONObject {
    /// A member's value, as far as anyone asked for it.
    package enum Value: Equatable {
        case string([UInt8])
        /// An integer literal that fits; 1.0 and 1e3 are none.
        case integer(Int64)
        /// An array of strings only, an empty one too.
        case strings([[UInt8]])
        case other
    }

    /// In the order of the text. *Invariant:* no two keys are equal.
    package private(set) var members: [(key: [UInt8], value: Value)] = []

    /// Reads a text; nil when it is not exactly one such object. O(length).
    package init?(_ text: [UInt8]) {
        let isRead = text.withUnsafeBufferPointer { bytes -> Bool in
            guard let base = bytes.baseAddress else { return false }
            do throws(MalformedJSON) {
                return try read(base, count: bytes.count)
            } catch {
                return false
            }
        }
        guard isRead else { return nil }
    }

    /// The value of the member `key`; nil when there is none.
    package subscript(key: StaticString) -> Value? {
        members.first { member in key.withUTF8Buffer { $0.elementsEqual(member.key) } }?.value
    }

    /// Reads the members; false for what is JSON and is refused.
    private mutating func read(_ bytes: UnsafePointer<UInt8>, count: Int) throws(MalformedJSON) -> Bool {
        // The hashes tell duplicate keys: without a secret key a sender can make two keys look equal, which refuses his own text.
        let hashKey = HashKey(k0: 0, k1: 0)
        var reader = CanonicalReader(
            scanner: JSONScanner(bytes: bytes, position: 0, end: count, origin: 0), hashKey: hashKey)
        guard try reader.scanner.nextByte() == UInt8(ascii: "{") else { return false }
        if try reader.scanner.open(closing: UInt8(ascii: "}")) {
            var keys = KeySet()
            repeat {
                let key = try reader.scanner.key()
                reader.note(key, isKey: true)
                let name = reader.withValue(of: key) { CanonicalHash.name(of: $0, hashKey: hashKey) }
                guard keys.insert(name) else { return false }
                let value = try reader.value(name: name, depth: 1).value
                members.append((Self.bytes(of: key, in: bytes), Self.value(value, in: bytes)))
            } while try reader.scanner.comma(orClosing: UInt8(ascii: "}"))
        }
        reader.scanner.skipWhitespace()
        return reader.scanner.position == count && reader.fault == nil
    }

    private static func value(_ value: JSONValue, in bytes: UnsafePointer<UInt8>) -> Value {
        switch value.kind {
        case .string: .string(self.bytes(of: value.string, in: bytes))
        case .number: value.integer.map(Value.integer) ?? .other
        case .array: strings(of: value, in: bytes).map(Value.strings) ?? .other
        case .null, .false, .true, .object: .other
        }
    }

    /// The elements of an array that was read before; nil when not all are strings.
    private static func strings(of array: JSONValue, in bytes: UnsafePointer<UInt8>) -> [[UInt8]]? {
        var scanner = JSONScanner(bytes: bytes, position: array.start, end: array.end, origin: array.start)
        var strings: [[UInt8]] = []
        do throws(MalformedJSON) {
            guard try scanner.open(closing: UInt8(ascii: "]")) else { return strings }
            repeat {
                guard try scanner.nextByte() == UInt8(ascii: "\"") else { return nil }
                strings.append(self.bytes(of: try scanner.string(), in: bytes))
            } while try scanner.comma(orClosing: UInt8(ascii: "]"))
        } catch {
            return nil
        }
        return strings
    }

    private static func bytes(of string: JSONString, in bytes: UnsafePointer<UInt8>) -> [UInt8] {
        var value: [UInt8] = []
        string.appendValue(of: bytes, to: &value)
        return value
    }
}
