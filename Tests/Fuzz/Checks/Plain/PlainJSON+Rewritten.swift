extension PlainJSON {
    /// The same value written otherwise: members backwards, white space wherever it may stand, each character escaped.
    var rewritten: String {
        switch self {
        case .null: " null\t"
        case .bool(let value): " \(value)\r"
        case .number(let text): "\n\(text) "
        case .string(let text): Self.quoted(text ?? "")
        case .array(let elements): " [ " + elements.map(\.rewritten).joined(separator: " ,\t") + " ] "
        case .object(let members):
            " {\r"
                + members.reversed().map { Self.quoted($0.key ?? "") + "\n:" + $0.value.rewritten }
                .joined(separator: " , ") + "\t} "
        }
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.utf16.map { "\\u" + String(0x10000 + Int($0), radix: 16).dropFirst() }.joined() + "\""
    }
}
