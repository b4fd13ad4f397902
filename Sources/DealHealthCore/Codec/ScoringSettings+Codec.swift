extension ScoringSettings {
    /// The parameters' values, each an f64, little-endian, in their order.
    public func encoded() -> [UInt8] {
        var buffer: [UInt8] = []
        buffer.appendBytes(8 * Self.parameters.count) { bytes in
            for (index, parameter) in Self.parameters.enumerated() {
                bytes.store(self[keyPath: parameter.value], at: 8 * index)
            }
        }
        return buffer
    }

    /// Reads as many parameters as there are; the rest have their defaults.
    init(_ bytes: UnsafeRawBufferPointer) throws(CodecError) {
        self.init()
        for (index, parameter) in Self.parameters.enumerated() where 8 * (index + 1) <= bytes.count {
            self[keyPath: parameter.value] = bytes.double(8 * index)
        }
        if let fault = faults.first { throw CodecError("scoring settings in the log: \(fault)") }
    }
}
