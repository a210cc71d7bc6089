// Package carrier declares what others are held to.
package carrier

// A Sink is implemented elsewhere.
type Sink interface {
	// Put must be quick.
	//
	//lagvet:nonblocking
	//lagvet:noalloc
	Put(int)
	Flush()
}

// A Closing sink asks for all that a Sink asks for.
type Closing interface {
	Sink
	Close()
}

// A Hook is called for each order.
//
//lagvet:noalloc
type Hook func(int)
