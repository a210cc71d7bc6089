// Package respbody finds responses to HTTP requests whose body is not closed on some path.
//
// # What
//
//   - A function that returns without having closed the body: before the defer that
//     would have done it, in the branch for an unexpected status, or everywhere.
//
//   - A loop that tries again while it still has the response of the try before,
//     or a second request, with other credentials say, whose response takes the
//     place of the first one.
//
//   - A response that is dropped: _, err := client.Post(…).
//
//   - Suspected only: a body that is closed unread, or after one value was decoded
//     from it and nothing asked whether that was the last; one that is closed
//     except where reading it to its end has failed.
//
// Responses are those of net/http's functions, of http.Client, and of whatever has a
// method Do, RoundTrip, Get, Post or PostForm that returns an *http.Response: a
// round tripper, an interface in front of a client, a client that retries.
// They are followed through the functions of the package and, by facts, through those
// of others: a function that returns a response it has received, or its body alone,
// makes its callers answer for it; a helper counts as closing a body if it does, not
// if it only reads it.
//
// The finding stands at the request, its chain shows the ways out:
//
//	resp, err := s.client.Do(req) // finding
//	if err != nil {
//		return err
//	}
//	if resp.StatusCode != http.StatusOK {
//		return fmt.Errorf("search: %s", resp.Status) // returns without closing it
//	}
//	defer resp.Body.Close()
//
// # Why it costs
//
// Two goroutines and a file descriptor belong to each connection of HTTP/1. Until
// the body is read to its end or closed, the connection is neither used again nor
// given up: the next request dials, and shakes hands, anew. A Timeout of the client, or the
// end of the request's context, closes it in the end. A service that loses one
// with each error that its dependency returns is out of descriptors soon after that
// dependency begins to fail, and can then accept no connection of its own either.
// If MaxConnsPerHost is set, the lost ones count, and requests wait for ever. Over
// HTTP/2 it is a stream, of which a server grants a hundred or so.
//
// A body that was read to its end has given its connection back. What is not closed
// then is lost only where something stops reading before: a limit, an error of
// what it is decoded or copied to. The finding says so.
//
// A body that is closed before its end takes its connection with it, for there may be any
// amount of data left on that.
//
// # When it is silent
//
//   - The body is closed on every path: by a defer, in each branch, by a closure, a
//     helper or a goroutine that does it on all of its own paths.
//   - Where there is an error there is no body to close. That is understood of err
//     != nil and its like for as long as err is the one that came with the
//     response; what a function finds out about an error is not known, and such a
//     branch says nothing.
//   - The response or its body is returned, put into a struct, a map or a channel,
//     wrapped in a reader of one's own, or handed to a function that is not known or
//     that closes it at least sometimes: who has it then is to close it.
//   - Requests by the method HEAD, whose responses have no body.
//   - Test files. A request that the program makes once, in main, before it serves or
//     for a command of a command line, is suspected only: the program may well end.
//   - Suspected only: a request whose context the function cancels by a defer, which closes
//     the connection.
//   - Suspected only: ways out each of which closes a connection right before it
//     returns, most likely the one that the response has come by.
//   - A defer of Close before the error is checked: go vet's httpresponse.
//
// # Go versions
//
// All. Since Go 1.27 Close itself reads what is left of a short body, so that with
// a go line of 1.27 or later nothing is said of bodies that are closed unread.
//
// # How to mend
//
// Close the body by a defer, right after the error check; where the connection is
// to be used again whatever the answer was, read what is left first:
//
//	resp, err := s.client.Do(req)
//	if err != nil {
//		return err
//	}
//	defer func() {
//		io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10))
//		resp.Body.Close()
//	}()
//
// A loop that tries again closes each response in its turn, or makes the turn a
// function of its own.
//
// Where nothing closes the body and no loop is around the request, the suggested
// fix defers its Close.
package respbody
