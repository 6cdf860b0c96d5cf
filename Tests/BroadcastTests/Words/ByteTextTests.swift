import Broadcast
import Testing

struct ByteTextTests {
    @Test(arguments: [
        (0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1_000, "1 kB"), (1_499, "1 kB"), (1_500, "2 kB"),
        (999_499, "999 kB"), (999_500, "1.0 MB"), (1_250_000, "1.3 MB"), (9_949_999, "9.9 MB"),
        (9_950_000, "10 MB"),
        (25_400_000, "25 MB"), (999_499_999, "999 MB"), (999_500_000, "1.0 GB"), (8_000_000_000, "8.0 GB"),
        (800_000_000_000, "800 GB"),
    ])
    func `an amount has two digits or three, and the unit in which it is short`(count: Int, text: String) {
        #expect(ByteText.of(count) == text)
    }
}
