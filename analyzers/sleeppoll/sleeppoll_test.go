package sleeppoll_test

import (
	"testing"

	"github.com/lagvet/lagvet/analyzers/internal/ruletest"
	"github.com/lagvet/lagvet/analyzers/sleeppoll"
)

func Test(t *testing.T) { ruletest.Run(t, sleeppoll.Rule) }
