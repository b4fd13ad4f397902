// The payload of a settings record, little-endian: the parameters in force, then those configured, each an f64 in the order of
// `ScoringSettings.parameters`. A later version adds parameters at the end of both; what an earlier one did not know has its
// default. 72 bytes are the earliest form: nine parameters, in force as configured.

extension ScoringChange {
    private static let earliestBytes = 72

    /// The payload of a settings record.
    public func encoded() -> [UInt8] {
        settings.encoded() + configured.encoded()
    }

    /// Reads the payload of a settings record.
    public init(_ bytes: UnsafeRawBufferPointer) throws(CodecError) {
        if bytes.count == Self.earliestBytes {
            self.init(configured: try ScoringSettings(bytes))
            return
        }
        guard bytes.count % 16 == 0, bytes.count >= 2 * Self.earliestBytes else {
            throw CodecError("scoring settings of \(bytes.count) bytes are not of a size that is written")
        }
        let half = bytes.count / 2
        self.init(configured: try ScoringSettings(bytes.slice(half, half)))
        settings = try ScoringSettings(bytes.slice(0, half))
    }
}
