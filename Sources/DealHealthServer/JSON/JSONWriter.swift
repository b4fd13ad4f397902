import DealHealthCore
import NIOCore

/// Writes one JSON document (RFC 8259), front to back, into bytes that go out as they are.
///
/// Commas are put where they belong; that keys and values alternate, and that what is opened is closed, is the caller's part.
struct JSONWriter {
    /// What was written so far.
    private(set) var buffer: ByteBuffer
    /// Whether the next key or element follows another.
    private var needsComma = false

    init(capacity: Int = 512) {
        buffer = ByteBufferAllocator().buffer(capacity: capacity)
    }

    // MARK: structure

    mutating func beginObject() {
        separate()
        byte(UInt8(ascii: "{"))
        needsComma = false
    }

    mutating func endObject() {
        byte(UInt8(ascii: "}"))
        needsComma = true
    }

    mutating func beginArray() {
        separate()
        byte(UInt8(ascii: "["))
        needsComma = false
    }

    mutating func endArray() {
        byte(UInt8(ascii: "]"))
        needsComma = true
    }

    /// A key that needs no escaping.
    mutating func key(_ name: StaticString) {
        separate()
        byte(UInt8(ascii: "\""))
        buffer.writeStaticString(name)
        buffer.writeStaticString("\":")
        needsComma = false
    }

    // MARK: values

    mutating func null() {
        separate()
        buffer.writeStaticString("null")
        needsComma = true
    }

    mutating func bool(_ value: Bool) {
        separate()
        buffer.writeStaticString(value ? "true" : "false")
        needsComma = true
    }

    mutating func integer(_ value: some FixedWidthInteger) {
        separate()
        buffer.writeString(String(value))
        needsComma = true
    }

    mutating func string(_ value: String) {
        separate()
        var value = value
        value.withUTF8 { writeQuoted(UnsafeRawBufferPointer($0)) }
        needsComma = true
    }

    /// A string given as bytes, which MUST be UTF-8.
    mutating func string(utf8 bytes: UnsafeRawBufferPointer) {
        separate()
        writeQuoted(bytes)
        needsComma = true
    }

    /// RFC 3339, always UTC, always six decimals.
    mutating func timestamp(_ value: Timestamp) {
        separate()
        byte(UInt8(ascii: "\""))
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.timestampBytesMax) { space in
            var count = 0
            value.appendRFC3339 { byte in
                space[count] = byte
                count += 1
            }
            return count
        }
        byte(UInt8(ascii: "\""))
        needsComma = true
    }

    /// A value that is JSON already.
    mutating func raw(_ json: [UInt8]) {
        separate()
        buffer.writeBytes(json)
        needsComma = true
    }

    // MARK: bytes

    private static let timestampBytesMax = 32

    mutating func separate() {
        if needsComma { byte(UInt8(ascii: ",")) }
    }

    /// Writes the text of a number.
    mutating func number(text: String) {
        separate()
        buffer.writeString(text)
        needsComma = true
    }

    private mutating func byte(_ byte: UInt8) {
        buffer.writeInteger(byte)
    }

    /// Escapes what RFC 8259 §7 says must be: quotation mark, reverse solidus, and U+0000 to U+001F.
    private mutating func writeQuoted(_ bytes: UnsafeRawBufferPointer) {
        byte(UInt8(ascii: "\""))
        var start = 0
        for (index, value) in bytes.enumerated() {
            guard value < 0x20 || value == UInt8(ascii: "\"") || value == UInt8(ascii: "\\") else { continue }
            buffer.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[start..<index]))
            writeEscape(of: value)
            start = index + 1
        }
        buffer.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[start...]))
        byte(UInt8(ascii: "\""))
    }

    private mutating func writeEscape(of value: UInt8) {
        switch value {
        case UInt8(ascii: "\""): buffer.writeStaticString("\\\"")
        case UInt8(ascii: "\\"): buffer.writeStaticString("\\\\")
        case 0x08: buffer.writeStaticString("\\b")
        case 0x09: buffer.writeStaticString("\\t")
        case 0x0A: buffer.writeStaticString("\\n")
        case 0x0C: buffer.writeStaticString("\\f")
        case 0x0D: buffer.writeStaticString("\\r")
        default:
            let digits = String(value, radix: 16)
            buffer.writeString("\\u00" + (digits.utf8.count == 1 ? "0" : "") + digits)
        }
    }
}
