import Testing

@testable import DealHealthServer

@Suite struct ScopeTests {
    @Test(
        arguments: [
            ("", []), ("deals:read", .readDeals), ("events:write deals:read", [.readDeals, .writeEvents]),
            ("admin", .admin),
            (" deals:read  admin ", [.readDeals, .admin]), ("openid deals:read profile", .readDeals),
            ("Admin", []), ("ADMIN", []), ("admin,deals:read", []), ("deals:read\tadmin", []),
            ("deals:read\nadmin", []),
            ("administrator", []), ("xadmin", []), ("deals:*", []), ("*", []), ("deals:readevents:write", []),
            ("\u{FF41}dmin", []), ("admin\u{0}", []), ("deals:read;admin", []), ("\u{00A0}admin", []),
            ("admin\u{0301}", []),
        ] as [(String, Scope)])
    func readsClaim(text: String, scope: Scope) {
        #expect(Scope(claim: Array(text.utf8)) == scope)
    }

    @Test func adminMayDoEverythingAndOthersTheirOwn() {
        for needed in [Scope.readDeals, .writeEvents, .admin] {
            #expect(Scope.admin.allows(needed))
            #expect(!Scope().allows(needed))
        }
        #expect(Scope.readDeals.allows(.readDeals) && Scope.writeEvents.allows(.writeEvents))
        #expect(!Scope.readDeals.allows(.writeEvents) && !Scope.writeEvents.allows(.readDeals))
        let both: Scope = [.readDeals, .writeEvents]
        #expect(!both.allows(.admin))
    }
}
