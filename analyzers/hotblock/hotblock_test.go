package hotblock_test

import (
	"testing"

	"github.com/lagvet/lagvet/analyzers/hotblock"
	"github.com/lagvet/lagvet/analyzers/internal/ruletest"
)

func Test(t *testing.T) { ruletest.Run(t, hotblock.Rule) }
