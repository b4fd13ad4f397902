import Testing

@testable import DealHealthServer

@Suite struct EntityTagListTests {
    private static func matches(_ list: String) -> Bool {
        Array(list.utf8).withUnsafeBytes { list in
            Array("\"a-1\"".utf8).withUnsafeBytes { EntityTagList.matches(list, $0) }
        }
    }

    @Test(arguments: [
        "*", " *\t", "\"a-1\"", "W/\"a-1\"", "\"x\",\"a-1\"", "W/\"x\" , W/\"a-1\"", ",, \"a-1\" ,", "\"\", \"a-1\"",
        "\"a,b\", \"a-1\"", "\"W/\",\"a-1\"",
    ])
    func tagsAreFound(list: String) {
        #expect(Self.matches(list))
    }

    @Test(arguments: [
        "", " ", ",", "\"\"", "\"a-2\"", "\"A-1\"", "a-1", "\"a-1", "a-1\"", "W/", "W/a-1", "w/\"a-1\"", "\"a-1\"x",
        "\"x\"\"a-1\"", "\"x\" y, \"a-1\"", "x, \"a-1\"", "\"*\"", "*x", "** ", "\"a-1 \"", "\" a-1\"", "W/ \"a-1\"",
        "\"x, \"a-1\"",
    ])
    func nothingElseIs(list: String) {
        #expect(!Self.matches(list))
    }
}
