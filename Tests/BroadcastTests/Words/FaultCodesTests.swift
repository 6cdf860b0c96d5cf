import Broadcast
import Testing

struct FaultCodesTests {
    @Test(arguments: [
        Fault.Code.credentialsRefused, .senderRefused, .certificateInvalid, .tlsFailed,
        .authenticationImpossible,
        .addressForbidden, "proxy-refused",
    ])
    func `what only a person can mend is certain, for the channel alone`(code: Fault.Code) {
        #expect(Fault(.channel, code, "").isCertain)
        #expect(!Fault(.message, code, "").isCertain)
        #expect(Fault(.channel, code, "").movesHealth)
    }

    @Test func `being told to slow down and our own stop say nothing about health`() {
        #expect(!Fault(.channel, .rateLimited, "").movesHealth)
        #expect(!Fault(.channel, .cancelled, "").movesHealth)
        #expect(Fault(.channel, .serviceFailed, "").movesHealth)
        #expect(!Fault(.recipient, .recipientDeferred, "").movesHealth)
    }
}
