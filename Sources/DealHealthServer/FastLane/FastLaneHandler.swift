import DealHealthCore
import DealHealthReactor
import NIOCore

/// Answers reads ahead of the HTTP codec, and hands everything else to it.
///
/// ## Why order never breaks
///
/// A connection is in one lane at a time (`Lane`). In the fast lane each answer is written before the next request is looked at.
/// A request that is not for it is passed to the codec, exactly its bytes; what follows is held until its answer has
/// ended *and* its body has passed, and only then looked at. When it is not certain where a request ends, the connection stays in
/// the slow lane for good, and this handler is no more than a hop.
///
/// What is held is bounded: over `heldBytesMax` no more is read from the socket. So is output: while the channel is not
/// writable nothing more is answered. And so is time, by `DeadlineWatch`, in both lanes.
///
/// All of it runs on the channel's event loop.
final class FastLaneHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Lane {
        /// Requests are looked at. Becomes `waiting`, `slow` or `ended`.
        case fast
        /// A request is in the slow lane, the last `bytesLeft` of its bytes not passed on yet. Becomes `fast` or `slow`.
        case waiting(bytesLeft: Int, isAnswerDue: Bool)
        /// All bytes pass. Final.
        case slow
        /// The last answer is given: what arrives is dropped. Final.
        case ended
    }

    /// Bytes held over which no more are read. No fewer than a request that `FastReads` answers, or the rest of one could
    /// never arrive.
    private static let heldBytesMax = FastReads.inputBytesMax
    static let noBytes = ByteBuffer()

    private let reads: FastReads
    private let progress: ConnectionProgress
    private var lane = Lane.fast
    /// What arrived and is in neither lane yet.
    private var held = FastLaneHandler.noBytes
    /// Whether bytes were passed on without `channelReadComplete`.
    private var hasPassed = false
    /// Whether `advance` is at work: what it calls may call back.
    private var isAdvancing = false
    /// Whether a `read` was kept from the socket.
    private var isReadHeldBack = false
    /// Whether the peer has sent its last byte and the slow lane has not been told.
    private var isInputEnded = false
    private var context: ChannelHandlerContext?
    private var peer = PeerAddress.unknown
    private let watch: DeadlineWatch

    /// - Parameter arrived: what was read of the connection already.
    init(reads: FastReads, progress: ConnectionProgress, arrived: ByteBuffer = FastLaneHandler.noBytes) {
        self.reads = reads
        self.progress = progress
        held = arrived
        watch = DeadlineWatch(progress)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        peer = PeerAddress(context.channel)
        progress.lane = self
        watch.start(context.channel)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        watch.stop()
        held = Self.noBytes
    }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        if held.readableBytes > 0 { progress.bytesArrived() }
        advance(context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        watch.stop()
        lane = .slow
        held = Self.noBytes
        context.fireChannelInactive()
    }

    // MARK: what arrives

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        progress.bytesArrived()
        if case .slow = lane { return context.fireChannelRead(data) }
        if held.readableBytes == 0 {
            held = unwrapInboundIn(data)
        } else {
            held.writeImmutableBuffer(unwrapInboundIn(data))
        }
        advance(context)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if case .slow = lane { context.fireChannelReadComplete() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        progress.writabilityChanged(context.channel.isWritable)
        context.fireChannelWritabilityChanged()
        if context.channel.isWritable { advance(context) }
    }

    func read(context: ChannelHandlerContext) {
        if isFull { isReadHeldBack = true } else { context.read() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed as ChannelEvent:
            isInputEnded = true
            advance(context)
        case is ChannelShouldQuiesceEvent:
            // Hummingbird lets the requests finish that it knows of: it must know of all.
            leave()
            context.fireUserInboundEventTriggered(event)
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    // MARK: what the slow lane tells

    /// The slow lane has written the last byte of its answers. Goes on in a turn of its own, outside of that write.
    func slowAnswerEnded() {
        guard let context, case .waiting = lane else { return }
        context.eventLoop.assumeIsolated().execute {
            guard let context = self.context, case .waiting(let bytesLeft, _) = self.lane else { return }
            self.lane = bytesLeft == 0 ? .fast : .waiting(bytesLeft: bytesLeft, isAnswerDue: false)
            self.advance(context)
        }
    }

    /// Stays in the slow lane for good, with all that is held.
    func leave() {
        guard let context else { return }
        if case .ended = lane { return }
        lane = .slow
        advance(context)
    }

    // MARK: going on

    private var isFull: Bool {
        if case .slow = lane { return false }
        return held.readableBytes > Self.heldBytesMax
    }

    /// Does all that can be done with what is held.
    private func advance(_ context: ChannelHandlerContext) {
        guard !isAdvancing else { return }
        isAdvancing = true
        while held.readableBytes > 0, step(context) {}
        if held.readableBytes == 0 { held = Self.noBytes }
        isAdvancing = false
        if hasPassed {
            hasPassed = false
            context.fireChannelReadComplete()
        }
        if isInputEnded { endInput(context) }
        if isReadHeldBack, !isFull {
            isReadHeldBack = false
            context.read()
        }
    }

    /// Takes some of what is held into a lane; false when nothing can be done before something else happens.
    private func step(_ context: ChannelHandlerContext) -> Bool {
        switch lane {
        case .slow:
            pass(held.readableBytes, context)
            return true
        case .waiting(bytesLeft: 0, _):
            return false
        case .waiting(let bytesLeft, let isAnswerDue):
            let count = min(bytesLeft, held.readableBytes)
            let isDone = bytesLeft == count && !isAnswerDue
            lane = isDone ? .fast : .waiting(bytesLeft: bytesLeft - count, isAnswerDue: isAnswerDue)
            pass(count, context)
            return true
        case .fast:
            return context.channel.isWritable && answer(context)
        case .ended:
            held.clear()
            return false
        }
    }

    /// Answers what can be; whether to go on.
    private func answer(_ context: ChannelHandlerContext) -> Bool {
        let batch = held.withUnsafeReadableBytes { reads.answer($0, from: peer) }
        held.moveReaderIndex(forwardBy: batch.count)
        if batch.count > 0 {
            progress.noteActivity()
            context.writeAndFlush(wrapOutboundOut(reads.output.buffer), promise: nil)
            reads.clear()
        }
        switch batch.next {
        case .moreInput: return false
        case .moreOutput: return true
        case .slow(let count):
            lane = .waiting(bytesLeft: count, isAnswerDue: true)
            return true
        case .event(let post):
            lane = .waiting(bytesLeft: post.count, isAnswerDue: true)
            return true
        case .uncertain:
            lane = .slow
            return true
        case .close:
            end(context)
            return true
        }
    }

    /// Ends the connection as `ConnectionEndHandler` does: nothing more is written, and it is read on for a while, since closing at
    /// once would send a reset that can overtake the answer.
    private func end(_ context: ChannelHandlerContext) {
        lane = .ended
        context.close(mode: .output, promise: nil)
        let channel = context.channel
        context.eventLoop.scheduleTask(in: TimeAmount(ServerLimits.lingerTimeout)) {
            channel.close(promise: nil)
        }
    }

    /// Hands bytes to the codec.
    private func pass(_ count: Int, _ context: ChannelHandlerContext) {
        guard let bytes = held.readSlice(length: count) else { return }
        hasPassed = true
        context.fireChannelRead(wrapInboundOut(bytes))
    }

    /// Tells the slow lane that no more will arrive, once it has, or the fast lane has answered, all that did.
    private func endInput(_ context: ChannelHandlerContext) {
        switch lane {
        case .slow, .ended:
            isInputEnded = false
            context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        case .waiting(bytesLeft: 0, _) where held.readableBytes > 0: break
        case .fast where held.readableBytes > 0 && !context.channel.isWritable: break
        case .waiting, .fast: leave()
        }
    }
}
