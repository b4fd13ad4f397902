import Testing

@testable import dealhealth

@Suite struct SettingsFileTests {
    @Test(arguments: [
        ("A=b", "b"), (" export A = b c ", "b c"), ("A=b # comment", "b"), ("A=b#c", "b#c"), ("A=# comment", ""),
        ("A=", ""),
        ("A='b # \"c\\n' # comment", "b # \"c\\n"), ("A=\"b # \\\"c\\\" \\\\ \\n\"", "b # \"c\" \\ \n"),
        ("A=b=c", "b=c"),
        ("A=[\"x\",\"y\"]", "[\"x\",\"y\"]"), ("A=it's", "it's"), ("A=b\r", "b"),
    ])
    func values(line: String, expected: String) {
        let file = SettingsFile(line)
        #expect(file.lines == [SettingsFile.Line(name: "A", value: expected, number: 1)])
        #expect(file.faults.isEmpty)
    }

    @Test(arguments: ["A", "=b", "A B=c", "1A=b", "A=\"b", "A='b", "A='b'c", "A='b'#c", "A=\"\\x\"", "A=\"b\\"])
    func refused(line: String) {
        let file = SettingsFile("\n" + line)
        #expect(file.lines.isEmpty)
        #expect(file.faults.map(\.line) == [2])
    }

    @Test func commentsAndEmptyLinesCount() {
        let file = SettingsFile("# one\n\n  # three\nA=4\r\nB=5\n")
        #expect(file.lines.map(\.number) == [4, 5])
        #expect(file.faults.isEmpty)
    }

    @Test func repeatedNameIsAFault() {
        #expect(SettingsFile("A=1\nA=2").faults.map(\.message) == ["A must be set once: it is in line 1 too"])
    }
}
