package declared

// A Matcher is implemented by several types.
type Matcher interface {
	//lagvet:nonblocking
	Match(s string) bool
	Reset()
}

type fast struct{}

func (fast) Match(string) bool { return true } // want `hot: //lagvet:nonblocking on method Match of the interface at bound.go:5$` `contract: nonblocking`
func (fast) Reset()            {}

type byPointer struct{}

func (*byPointer) Match(string) bool { return true } // want `hot: .*Match` `contract: nonblocking`
func (*byPointer) Reset()            {}

type embedding struct{ *byPointer }

// It lacks Reset, so it is no Matcher.
type half struct{}

func (half) Match(string) bool { return true }

// Its Match is another one.
type other struct{}

func (other) Match(int) bool { return true }
func (other) Reset()         {}

type codec[T any] interface {
	//lagvet:noalloc
	Encode(T) []byte
	Name() string
}

type intCodec struct{}

func (intCodec) Encode(int) []byte { return nil } // want `hot: //lagvet:noalloc on method Encode` `contract: noalloc`
func (intCodec) Name() string      { return "" }

type listCodec[T any] struct{}

func (*listCodec[T]) Encode(T) []byte { return nil } // want `hot: ` `contract: noalloc`
func (*listCodec[T]) Name() string    { return "" }

type twoArgs struct{}

func (twoArgs) Encode(int, int) []byte { return nil }
func (twoArgs) Name() string           { return "" }

// A Visitor binds what is converted to it.
//
//lagvet:noalloc
type Visitor func(int) bool

type plain func(int) bool

func visit(v Visitor)        {}
func visitAll(vs ...Visitor) {}

type options struct {
	v Visitor
	p plain
}

func converted(int) bool        { return true } // want `hot: //lagvet:noalloc on type Visitor at` `contract: noalloc`
func assigned(int) bool         { return true } // want `hot: //lagvet:noalloc on type Visitor at` `contract: noalloc`
func generic1[T any](T) bool    { return true } // want `hot: //lagvet:noalloc on type Visitor at` `contract: noalloc`
func generic2[T, U any](T) bool { return true } // want `hot: //lagvet:noalloc on type Visitor at` `contract: noalloc`
func notBound(int) bool         { return true }

func give() (int, Visitor) {
	return 0, func(int) bool { return true } // want `hot: .*Visitor` `contract: noalloc`
}

func conversions(ch chan Visitor, m map[string]Visitor) {
	_ = Visitor(converted)
	var v Visitor = assigned
	v = func(int) bool { return false } // want `hot: .*Visitor` `contract: noalloc`
	visit(v)
	visit(func(int) bool { return true })          // want `hot: .*Visitor` `contract: noalloc`
	visitAll(nil, func(int) bool { return true })  // want `hot: .*Visitor` `contract: noalloc`
	_ = options{v: func(int) bool { return true }} // want `hot: .*Visitor` `contract: noalloc`
	_ = options{p: func(int) bool { return true }}
	_ = options{func(int) bool { return true }, nil}           // want `hot: .*Visitor` `contract: noalloc`
	_ = []Visitor{func(int) bool { return true }}              // want `hot: .*Visitor` `contract: noalloc`
	_ = map[int]Visitor{1: func(int) bool { return true }}     // want `hot: .*Visitor` `contract: noalloc`
	_ = append([]Visitor(nil), func(int) bool { return true }) // want `hot: .*Visitor` `contract: noalloc`
	ch <- func(int) bool { return true }                       // want `hot: .*Visitor` `contract: noalloc`
	m[""] = func(int) bool { return true }                     // want `hot: .*Visitor` `contract: noalloc`
	_ = Visitor(generic1[int])
	_ = Visitor(generic2[int, string])
	_ = Visitor(holder{}.method)
	_ = []*options{{v: func(int) bool { return true }}} // want `hot: .*Visitor` `contract: noalloc`
	_ = [2]Visitor{1: func(int) bool { return true }}   // want `hot: .*Visitor` `contract: noalloc`
	var w Visitor = (func(int) bool { return true })    // want `hot: .*Visitor` `contract: noalloc`
	visitAll([]Visitor{w}...)
	close(ch)
	_ = plain(notBound)
	_ = func(int) bool { return true }
}

type holder struct{}

func (holder) method(int) bool { return true } // want `hot: //lagvet:noalloc on type Visitor at` `contract: noalloc`

//lagvet:root
type job func()

var _ = job(func() {}) // want `root: //lagvet:root on type job at`
