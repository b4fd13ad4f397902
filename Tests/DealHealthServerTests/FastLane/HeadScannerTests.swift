import Testing

@testable import DealHealthServer

@Suite struct HeadScannerTests {
    /// Each byte in each place of a word, and around its ends: where the run stops is where the first byte that is neither is.
    @Test func aRunOfPrintableBytesEndsBeforeTheFirstOther() {
        for length in 0...20 {
            for place in 0..<max(1, length) {
                for byte in UInt8.min...UInt8.max {
                    var bytes = [UInt8](repeating: UInt8(ascii: "~"), count: length)
                    if !bytes.isEmpty { bytes[place] = byte }
                    let isPrintable = byte == 9 || (32...126).contains(byte)
                    let end = bytes.isEmpty || isPrintable ? nil : place
                    let found: Int? = bytes.withUnsafeBytes { bytes in
                        var scanner = HeadScanner(bytes)
                        return (try? scanner.runOfPrintable())?.upperBound
                    }
                    #expect(found == end, "byte \(byte) at \(place) of \(length)")
                }
            }
        }
    }
}
