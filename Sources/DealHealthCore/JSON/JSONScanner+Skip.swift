extension JSONScanner {
    /// Consumes one value of any depth, checking its syntax and nothing else.
    ///
    /// Not recursive: the depth is the sender's choice, and costs one bit a level.
    mutating func skipValue() throws(MalformedJSON) {
        var enclosing = NestingStack()
        while true {
            switch try nextByte() {
            case UInt8(ascii: "{"):
                if try open(closing: UInt8(ascii: "}")) {
                    enclosing.push(isObject: true)
                    _ = try key()
                    continue
                }
            case UInt8(ascii: "["):
                if try open(closing: UInt8(ascii: "]")) {
                    enclosing.push(isObject: false)
                    continue
                }
            case let byte:
                try skipScalar(byte)
            }
            // A value has ended, and perhaps, with it, containers.
            while let isObject = enclosing.isTopObject {
                if try comma(orClosing: isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                    if isObject { _ = try key() }
                    break
                }
                enclosing.pop()
            }
            if enclosing.isEmpty { return }
        }
    }

    private mutating func skipScalar(_ byte: UInt8) throws(MalformedJSON) {
        switch byte {
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): _ = try number()
        default: _ = try literal()
        }
    }
}

/// Which of the open containers are objects: one bit each, the first 64 without allocation.
struct NestingStack {
    private var bits: UInt64 = 0
    private var depth = 0
    /// Full words below `bits`.
    private var spilled: [UInt64] = []

    var isEmpty: Bool {
        depth == 0
    }

    /// Whether the innermost container is an object; nil if none is open.
    var isTopObject: Bool? {
        depth == 0 ? nil : bits & 1 == 1
    }

    mutating func push(isObject: Bool) {
        if depth > 0, depth & 63 == 0 {
            spilled.append(bits)
        }
        bits = bits << 1 | (isObject ? 1 : 0)
        depth &+= 1
    }

    mutating func pop() {
        depth &-= 1
        bits >>= 1
        if depth > 0, depth & 63 == 0, let below = spilled.popLast() {
            bits = below
        }
    }
}
