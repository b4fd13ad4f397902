import Foundation

/// A text that is shown to nobody: not in logs, not in messages, not by `dump`.
struct Secret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The secret itself. MUST NOT be printed.
    let text: String

    init(_ text: String) {
        self.text = text
    }

    /// What stands in its place.
    static let mask = "********"

    var description: String { Self.mask }
    var debugDescription: String { Self.mask }
    var customMirror: Mirror { Mirror(self, children: []) }

    /// `url` without its password: `redis://user:********@host`. For texts that are not quite URLs too.
    static func maskingPassword(in url: String) -> String {
        let start = url.range(of: "://")?.upperBound ?? url.startIndex
        var masked = url
        // The last one: a password with an @ that should have been encoded is hidden whole.
        if let at = url[start...].lastIndex(of: "@"), let colon = url[start..<at].firstIndex(of: ":") {
            masked.replaceSubrange(url.index(after: colon)..<at, with: mask)
        }
        return masked.replacing(#/([?&][^=&]*password=)[^&]*/#.ignoresCase()) { "\($0.output.1)\(mask)" }
    }
}
