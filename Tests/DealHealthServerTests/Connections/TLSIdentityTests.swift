import Testing

@testable import DealHealthServer

/// What cannot be shown to who connects is refused, and said. Whole certificates are tested against the program: `Tests/Faults/test_tls.py`.
struct TLSIdentityTests {
    @Test(arguments: ["", "certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
    func aFileWithoutACertificateIsRefused(chain: String) {
        let error = #expect(throws: ServerError.self) { try TLSIdentity(chain: Array(chain.utf8), key: []) }
        #expect(error?.code == .badCertificate)
        #expect(error?.description.hasPrefix("the certificate file") == true)
    }
}
