// Package bufshare finds buffers that are used again while somebody still looks at what was in them.
//
// # What
//
// A view of a buffer that outlives it: handed to a goroutine, sent to a channel, kept in
// a map, a list or a field, or returned, without a copy, though
//
//   - the loop reads into the same buffer again;
//   - the bytes are those of bufio.Scanner.Bytes, or of bufio.Reader's ReadSlice,
//     ReadLine or Peek, and the next Scan or read overwrites them;
//   - the bytes are those of a bytes.Buffer, which is Reset afterwards;
//   - the buffer goes back to its sync.Pool.
//
// A part of a buffer, a struct around it, and a string that unsafe makes of it are
// views of it like itself. Functions that keep what they are given are known in all
// packages of the module and its dependencies. The chain shows where the view is kept
// and where the buffer is used again.
//
//	buf := make([]byte, 64<<10)
//	for {
//		n, addr, err := conn.ReadFrom(buf)
//		if err != nil {
//			return err
//		}
//		go s.handle(addr, buf[:n]) // reads what the next datagram writes
//	}
//
// # Why it costs
//
// A buffer is shared to save an allocation for each message. The one who keeps the view
// then sees the bytes of a later message, or half of each: a request that is answered
// with another one's data, a key of a map that changes its value after it was put in.
// With one client at a time it works. Under load the next read comes before the last
// message is done with, and what breaks is somewhere else: a checksum, a parser, a
// client that was sent a stranger's answer. The race detector sees it only if it meets
// it.
//
// # When it is silent
//
//   - what is copied: append to nil, bytes.Clone, a conversion to string, io.Copy;
//   - a buffer that is made anew before it is filled again, also on one way only, or
//     that takes turns with another one;
//   - a goroutine that is waited for, or a receiver that answers, before the buffer is
//     used again;
//   - a loop that ends once the view is kept;
//   - what is put into a list that is emptied or made in the same turn;
//   - a buffer of a field or a parameter, of which nobody here knows what it is for;
//   - test files.
//
// It is only suspected, and left to the audit, if the view is kept in a field of a
// struct: often that is for the time of one turn.
//
// # How to mend
//
// Hand on a copy, which costs what the message is long; or hand on the buffer and make
// or fetch another one; or let whoever is given it put it back:
//
//	for {
//		buf := pool.Get().(*[]byte)
//		n, addr, err := conn.ReadFrom(*buf)
//		if err != nil {
//			pool.Put(buf)
//			return err
//		}
//		go func() {
//			defer pool.Put(buf)
//			s.handle(addr, (*buf)[:n])
//		}()
//	}
//
// Where a slice is handed on as it is, the suggested fix copies it. Rule poolmisuse is
// about what else may go wrong with pools. It speaks on every Go version.
package bufshare
