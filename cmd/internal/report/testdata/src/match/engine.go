package match

import "net/http"

type Engine struct{ book *book }

func (e *Engine) Match(url string) error {
	/* größer 𝛼 */ resp, err := http.Get(url)
	if err != nil {
		return err
	}
	e.book.best()
	return resp.Body.Close()
}
