import DealHealthCore

/// A time is read as the plain reader reads it, and what is written is read as the same time.
enum TimeCheck {
    static func check(_ input: [UInt8]) throws(Fault) {
        let time = input.withUnsafeBytes { Timestamp(rfc3339: $0) }
        let plain = PlainTime.microseconds(input)
        try require(
            time?.microseconds == plain, "read as \(String(describing: time)), plainly \(String(describing: plain))")
        guard let time else { return }
        let text = time.description
        try require(text.utf8.count == Timestamp.rfc3339BytesCount, "written in \(text.utf8.count) bytes")
        try require(Timestamp(rfc3339: text) == time, "written as \(text), which is another time")
    }
}
