import Broadcast
import Templating
import Wire

/// An HTTP API as data: what goes out, filled in by position, and what comes back, read by rules.
struct Recipe: Sendable {
    var method: String
    var url: Filling
    /// Fixed headers, secrets included.
    var constantHeaders: [HeaderField]
    /// Headers with something to fill in.
    var headers: [(name: String, value: Filling)]
    /// Nil when there is no body.
    var body: Filling?
    var reply: ReplyRules
    let stamps = StampCache(.json)

    /// The request for `delivery`, whose body is `body` when given.
    func request(for delivery: OutboundDelivery, body override: [UInt8]? = nil) throws(Fault) -> HTTPRequest {
        var bytes = override ?? []
        if override == nil, let body {
            bytes.reserveCapacity(512 + delivery.content.text.count + delivery.content.html.count)
            try body.append(for: delivery, stamps: stamps, to: &bytes)
        }
        var fields = constantHeaders
        for header in headers {
            let value = try header.value.text(for: delivery, stamps: stamps)
            guard let field = HeaderField(header.name, value) else {
                throw Fault(.message, .valueUnsuitable, "the header \(header.name) cannot hold its value")
            }
            fields.append(field)
        }
        return HTTPRequest(
            method: method, url: try url.text(for: delivery, stamps: stamps), headers: fields, body: bytes)
    }
}
