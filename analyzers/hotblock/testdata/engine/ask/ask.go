// Package ask declares what others are held to.
package ask

// A Sink must not keep its caller waiting.
type Sink interface {
	//lagvet:nonblocking
	Put(int)
}

// A Hook must not either.
//
//lagvet:nonblocking
type Hook func(int)
