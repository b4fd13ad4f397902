/// One element of an `Accept` header, as far as the exposition needs it.
struct MediaRange: Sendable {
    /// `type/subtype` in lower case; either may be `*`.
    let type: String
    /// The `version` parameter, without quotes.
    let version: String?
    /// The weight, `[0, 1]`; 1 if absent, 0 if it is not a number in that range.
    let quality: Double

    /// Parses `type/subtype;name=value;…`; `nil` if there is no slash. Unknown parameters are skipped.
    init?(_ text: Substring) {
        let parts = text.split(separator: ";").map(Self.trimmed)
        guard let type = parts.first?.lowercased(), type.contains("/") else { return nil }
        var version: String?
        var quality = 1.0
        for parameter in parts.dropFirst() {
            let pair = parameter.split(separator: "=", maxSplits: 1).map(Self.trimmed)
            guard pair.count == 2 else { continue }
            switch pair[0].lowercased() {
            case "version":
                version = String(pair[1].drop { $0 == "\"" }.prefix { $0 != "\"" })
            case "q":
                let value = Double(pair[1]) ?? 0
                quality = (0...1).contains(value) ? value : 0
            default:
                continue
            }
        }
        self.type = type
        self.version = version
        self.quality = quality
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let isSpace = { (character: Character) in character == " " || character == "\t" }
        var text = text.drop(while: isSpace)
        while let last = text.last, isSpace(last) { text.removeLast() }
        return text
    }
}
