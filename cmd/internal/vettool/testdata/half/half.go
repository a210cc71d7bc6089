package half

type namer interface{ name() string }

type thing struct{ inner }

type inner struct{}

func (inner) id() int { return first }

var first = second()

func second() int { return 2 }

func show(v any) string {
	if n, ok := v.(namer); ok {
		return n.name()
	}
	return ""
}

var _ = show(thing{})
