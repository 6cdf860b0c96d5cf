import Testing
@Test func `a sentence`() { #expect(1 + 1 == 2) }
