extension ScoringSettings {
    // Nine f64, little-endian, in the order of `fields`; what later versions add follows.
    private static let fields: [any WritableKeyPath<ScoringSettings, Double> & Sendable] = [
        \.decayRatePerDay, \.automatedTestWeight, \.communityVerificationWeight, \.communityTipWeight,
        \.automatedTestCap, \.communityVerificationCap, \.communityTipCap, \.priorStrength, \.baseRate,
    ]

    /// The payload of a settings record.
    public func encoded() -> [UInt8] {
        var buffer: [UInt8] = []
        buffer.appendBytes(8 * Self.fields.count) { bytes in
            for (index, field) in Self.fields.enumerated() { bytes.store(self[keyPath: field], at: 8 * index) }
        }
        return buffer
    }

    /// Reads the payload of a settings record.
    public init(_ bytes: UnsafeRawBufferPointer) throws(CodecError) {
        guard bytes.count >= 8 * Self.fields.count else {
            throw CodecError("scoring settings of \(bytes.count) bytes are too short")
        }
        self.init()
        for (index, field) in Self.fields.enumerated() { self[keyPath: field] = bytes.double(8 * index) }
        if let fault = faults.first { throw CodecError("scoring settings in the log: \(fault)") }
    }
}
