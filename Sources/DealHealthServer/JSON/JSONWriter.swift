import DealHealthCore
import NIOCore

/// Writes one JSON document (RFC 8259), front to back, into bytes that go out as they are.
///
/// Commas are put where they belong; that keys and values alternate, and that what is opened is closed, is the caller's part.
/// Each call reaches into the buffer once: the checks that a `ByteBuffer` makes cost more than the bytes.
struct JSONWriter {
    /// What was written so far.
    private(set) var buffer: ByteBuffer
    /// Whether the next key or element follows another.
    private var needsComma = false

    /// A writer without memory, to stand in for another.
    static let none = JSONWriter(buffer: ByteBuffer())

    private init(buffer: ByteBuffer) {
        self.buffer = buffer
    }

    /// A writer with room for `capacity` bytes; it grows when more is written.
    init(capacity: Int = 512) {
        buffer = ByteBufferAllocator().buffer(capacity: capacity)
    }

    /// Begins anew, in the same memory unless someone still holds what was written.
    mutating func clear() {
        buffer.clear()
        needsComma = false
    }

    // MARK: structure

    mutating func beginObject() {
        open(UInt8(ascii: "{"))
    }

    mutating func endObject() {
        close(UInt8(ascii: "}"))
    }

    mutating func beginArray() {
        open(UInt8(ascii: "["))
    }

    mutating func endArray() {
        close(UInt8(ascii: "]"))
    }

    /// A key that needs no escaping.
    mutating func key(_ name: StaticString) {
        element(bytesMax: name.utf8CodeUnitCount + 3) { cursor in
            cursor.append(UInt8(ascii: "\""))
            cursor.append(name)
            cursor.append(UInt8(ascii: "\""))
            cursor.append(UInt8(ascii: ":"))
        }
        needsComma = false
    }

    /// A key that is no literal, and needs no escaping all the same.
    mutating func key(plain name: String) {
        element(bytesMax: name.utf8.count + 3) { cursor in
            cursor.append(UInt8(ascii: "\""))
            for byte in name.utf8 { cursor.append(byte) }
            cursor.append(UInt8(ascii: "\""))
            cursor.append(UInt8(ascii: ":"))
        }
        needsComma = false
    }

    // MARK: values

    mutating func null() {
        element(bytesMax: 4) { $0.append("null") }
    }

    mutating func bool(_ value: Bool) {
        element(bytesMax: 5) { $0.append(value ? "true" : "false") }
    }

    mutating func string(_ value: String) {
        var value = value
        value.withUTF8 { string(utf8: UnsafeRawBufferPointer($0)) }
    }

    /// A string given as bytes, which MUST be UTF-8.
    mutating func string(utf8 bytes: UnsafeRawBufferPointer) {
        element(bytesMax: JSONCursor.quotedBytesCount(bytes)) { $0.appendQuoted(bytes) }
    }

    /// RFC 3339, always UTC, always six decimals.
    mutating func timestamp(_ value: Timestamp) {
        element(bytesMax: Timestamp.rfc3339BytesCount + 2) { $0.append(value) }
    }

    /// A value that is JSON already.
    mutating func raw(_ json: [UInt8]) {
        element(bytesMax: json.count) { cursor in
            json.withUnsafeBytes { cursor.append($0) }
        }
    }

    // MARK: bytes

    /// Writes bytes between documents.
    mutating func bytes(_ bytes: [UInt8]) {
        buffer.writeBytes(bytes)
        needsComma = false
    }

    /// Writes at most `bytesMax` bytes between documents, in one piece.
    @inline(__always)
    mutating func bytes(max bytesMax: Int, _ body: (inout JSONCursor) -> Void) {
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: bytesMax) { space in
            var cursor = JSONCursor(space)
            body(&cursor)
            return cursor.count
        }
        needsComma = false
    }

    /// Writes one key or value of at most `bytesMax` bytes, after a comma where one belongs.
    @inline(__always)
    mutating func element(bytesMax: Int, _ body: (inout JSONCursor) -> Void) {
        let comma = needsComma
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: bytesMax + 1) { space in
            var cursor = JSONCursor(space)
            if comma { cursor.append(UInt8(ascii: ",")) }
            body(&cursor)
            return cursor.count
        }
        needsComma = true
    }

    private mutating func open(_ bracket: UInt8) {
        element(bytesMax: 1) { $0.append(bracket) }
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        needsComma = false
        element(bytesMax: 1) { $0.append(bracket) }
    }
}
