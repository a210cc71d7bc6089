package ci

func (c *collector) gitlab()    {}
func (c *collector) circleci()  {}
func (c *collector) buildkite() {}
func (c *collector) azure()     {}
func (c *collector) jenkins()   {}
