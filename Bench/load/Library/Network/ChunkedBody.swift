/// Finds the end of a body in chunks (RFC 9112, 7.1), without keeping it.
struct ChunkedBody {
    private enum Place {
        /// In a chunk's size; the digits so far.
        case size(Int)
        /// In the rest of the size's line.
        case sizeEnd(Int)
        /// In a chunk; so many bytes are left, with the line end after it.
        case data(Int)
        /// At the begin of a line of the trailer, or in one.
        case trailerStart, trailerLine
    }

    private var place = Place.size(0)
    private(set) var isComplete = false

    /// Takes bytes up to the body's end; how many.
    mutating func take(_ bytes: UnsafeRawBufferPointer) throws(ResponseHead.Malformed) -> Int {
        var position = 0
        while position < bytes.count, !isComplete {
            if case .data(let left) = place {
                let taken = min(left, bytes.count - position)
                position += taken
                place = taken == left ? .size(0) : .data(left - taken)
            } else {
                try step(bytes[position])
                position += 1
            }
        }
        return position
    }

    private mutating func step(_ byte: UInt8) throws(ResponseHead.Malformed) {
        let isLineEnd = byte == UInt8(ascii: "\n")
        switch place {
        case .size(let size):
            if let digit = Character(Unicode.Scalar(byte)).hexDigitValue {
                guard size < 1 << 40 else { throw ResponseHead.Malformed() }
                place = .size(size << 4 | digit)
            } else {
                place = isLineEnd ? after(size) : .sizeEnd(size)
            }
        case .sizeEnd(let size): if isLineEnd { place = after(size) }
        case .trailerStart:
            if isLineEnd { isComplete = true } else if byte != UInt8(ascii: "\r") { place = .trailerLine }
        case .trailerLine: if isLineEnd { place = .trailerStart }
        case .data: preconditionFailure("data is taken as a whole")
        }
    }

    private func after(_ size: Int) -> Place {
        size == 0 ? .trailerStart : .data(size + 2)
    }
}
