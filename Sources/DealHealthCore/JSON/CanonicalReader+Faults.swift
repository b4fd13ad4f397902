extension CanonicalReader {
    /// The longest part of the sender's own text that a reason repeats, in bytes.
    private static let excerptBytesMax = 64

    /// Notes what is wrong with a string, if anything.
    @inline(__always)
    mutating func note(_ string: JSONString, isKey: Bool = false) {
        if string.hasInvalidUTF8 || string.hasLoneSurrogate { noteInvalid(string, isKey: isKey) }
    }

    @inline(never)
    private mutating func noteInvalid(_ string: JSONString, isKey: Bool) {
        let problem = string.hasInvalidUTF8 ? "is not valid UTF-8" : "has half of a surrogate pair"
        if isKey {
            note { _ in "a key \(problem)" }
        } else {
            note { "`\($0)` \(problem)" }
        }
    }

    /// Notes a fault unless there is one; `reason` is given the name of the event's member it is in.
    @inline(never)
    mutating func note(_ reason: (String) -> String) {
        guard fault == nil else { return }
        fault = reason(excerpt(member))
    }

    /// The beginning of a string's value, fit to be repeated to its sender.
    func excerpt(_ string: JSONString) -> String {
        var value: [UInt8] = []
        var part = string
        // Six bytes of text at most for one of value; an escape cut in two is left out.
        part.end = min(part.end, part.start + 6 * (Self.excerptBytesMax + 4))
        part.appendValue(of: scanner.bytes, to: &value)
        return Self.excerpt(value, isCut: part.end < string.end)
    }

    /// The beginning of a piece of the text, as it stands there.
    func excerpt(start: Int, end: Int) -> String {
        let count = min(end - start, Self.excerptBytesMax + 1)
        return Self.excerpt([UInt8](UnsafeBufferPointer(start: scanner.bytes + start, count: count)), isCut: false)
    }

    private static func excerpt(_ bytes: [UInt8], isCut: Bool) -> String {
        var end = min(bytes.count, excerptBytesMax)
        // Do not cut inside a character.
        while end > 0, end < bytes.count, bytes[end] & 0xC0 == 0x80 { end -= 1 }
        return String(decoding: bytes[..<end], as: UTF8.self) + (isCut || end < bytes.count ? "…" : "")
    }
}
