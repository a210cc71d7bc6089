// Package holes holds small functions whose allocations are counted, to be held
// against the verdicts of package allocs: what the compiler's escape text does
// not speak of, or gets wrong.
package holes

import (
	stdbytes "bytes"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

var (
	sink  any
	held  any = 12
	line      = make([]byte, 1024)
	room      = make([]byte, 0, 64)
	text  string
	count int

	big    = 1000
	small  = 7
	zero   = 0.0
	none   = ""
	short  = strings.Repeat("ab", 4)
	short4 = []byte(short)
	word   = strings.Repeat("word", 20)
	digits = "12345"
	data   = []byte(word)
	array  [16]byte
	ints   = []int{3, 1, 2, 9, 8, 7, 6, 5, 4, 10, 11, 12}

	letter  = 'é'
	letters = []rune(word)
	named   = label(word)

	other   = map[string]int{}
	pairs   = map[[2]string]int{}
	table   = map[string]int{word: 1}
	keyed   = map[key]int{}
	scratch = make(map[int]int, 16)
	pipe    = make(chan int, 1)
	calls   [10]func()

	mu      sync.Mutex
	wait    sync.WaitGroup
	counter atomic.Int64
	start   = time.Now()
	since   time.Duration
	buffer  stdbytes.Buffer
	pool              = sync.Pool{New: func() any { return new(stdbytes.Buffer) }}
	writer  io.Writer = discard{}
	held2             = holder{by: map[string][]int{}}
)

type label string

// All holds every function by its name.
var All = map[string]func(){
	"ChanStays": ChanStays, "ChanEscapes": ChanEscapes, "ChanEmpty": ChanEmpty, "ChanDynamic": ChanDynamic, "ChanReuse": ChanReuse, "MapStays": MapStays,
	"MapFew": MapFew, "MapMany": MapMany, "MapHintSmall": MapHintSmall, "MapHintBig": MapHintBig, "MapHintDynamic": MapHintDynamic, "MapHintDynamicSmall": MapHintDynamicSmall,
	"MapHintMany": MapHintMany, "MapEscapes": MapEscapes, "MapLiteralFew": MapLiteralFew, "MapLiteralMany": MapLiteralMany, "MapLiteralEmpty": MapLiteralEmpty, "MapLiteralFilled": MapLiteralFilled,
	"MapExisting": MapExisting, "MapIncrement": MapIncrement, "MapReuse": MapReuse, "MapDelete": MapDelete, "MapIterate": MapIterate, "MapLarge": MapLarge,
	"MapOfSets": MapOfSets, "MapPassed": MapPassed, "MapTwoWays": MapTwoWays, "MakeDynamicSmall": MakeDynamicSmall, "MakeDynamic": MakeDynamic, "MakeConst": MakeConst,
	"MakeHuge": MakeHuge, "MakeLocalConst": MakeLocalConst, "MakeConstCap": MakeConstCap, "MakeDynamicCap": MakeDynamicCap, "MakeEmptyElems": MakeEmptyElems, "MakeEscapes": MakeEscapes,
	"MakeBounded": MakeBounded, "AppendEach": AppendEach, "AppendFirst": AppendFirst, "AppendRoom": AppendRoom, "AppendRoomLost": AppendRoomLost, "AppendPresized": AppendPresized,
	"AppendReuse": AppendReuse, "AppendReuseBytes": AppendReuseBytes, "AppendArray": AppendArray, "AppendArrayLost": AppendArrayLost, "AppendClone": AppendClone, "AppendMake": AppendMake,
	"AppendFull": AppendFull, "AppendNothing": AppendNothing, "SliceLiteral": SliceLiteral, "ArrayCopied": ArrayCopied, "SliceSorted": SliceSorted, "SliceOfSlices": SliceOfSlices,
	"GenericMake": GenericMake, "GenericStays": GenericStays, "ConcatShort": ConcatShort, "ConcatLong": ConcatLong, "ConcatConst": ConcatConst, "ConcatEmpty": ConcatEmpty,
	"ConcatMany": ConcatMany, "ConcatLoop": ConcatLoop, "ConcatCompare": ConcatCompare, "ConcatIndex": ConcatIndex, "ConcatBytes": ConcatBytes, "ConcatBytesCompare": ConcatBytesCompare,
	"ConcatReturned": ConcatReturned, "StringLookup": StringLookup, "StringLookupOk": StringLookupOk, "StringLookupKey": StringLookupKey, "StringLookupNamed": StringLookupNamed, "StringLookupTwice": StringLookupTwice,
	"StringAssign": StringAssign, "StringIncrement": StringIncrement, "StringDelete": StringDelete, "StringCompare": StringCompare, "StringLess": StringLess, "StringSwitch": StringSwitch,
	"StringSwitchNamed": StringSwitchNamed, "StringRangeBytes": StringRangeBytes, "StringRangeRunes": StringRangeRunes, "StringRangeRuneSlice": StringRangeRuneSlice, "StringLen": StringLen, "StringLenRunes": StringLenRunes,
	"StringLenBytes": StringLenBytes, "StringShort": StringShort, "StringLong": StringLong, "StringArray": StringArray, "StringOne": StringOne, "StringNone": StringNone,
	"StringEscapes": StringEscapes, "StringConst": StringConst, "StringNamedType": StringNamedType, "StringRuneStays": StringRuneStays, "StringRune": StringRune, "StringRunes": StringRunes,
	"StringRunesStays": StringRunesStays, "StringIndex": StringIndex, "StringCut": StringCut, "StringAppend": StringAppend, "StringCopy": StringCopy, "StringPassed": StringPassed,
	"StringPrinted": StringPrinted, "BytesShort": BytesShort, "BytesLong": BytesLong, "BytesRead": BytesRead, "BytesEscape": BytesEscape, "BytesConst": BytesConst,
	"BytesAppend": BytesAppend, "BytesCopy": BytesCopy, "BytesIndex": BytesIndex, "RunesShort": RunesShort, "RunesLong": RunesLong, "RunesBack": RunesBack,
	"NamedTwice": NamedTwice, "NamedLookupLen": NamedLookupLen, "NamedCompareTwice": NamedCompareTwice, "GenericBytes": GenericBytes, "ConcatSelf": ConcatSelf, "StringKeyLong": StringKeyLong,
	"BoxConst": BoxConst, "BoxSmall": BoxSmall, "BoxBig": BoxBig, "BoxByte": BoxByte, "BoxBool": BoxBool, "BoxPointer": BoxPointer,
	"BoxMap": BoxMap, "BoxStays": BoxStays, "BoxInterface": BoxInterface, "BoxEmptyString": BoxEmptyString, "BoxZero": BoxZero, "ClosureLoop": ClosureLoop,
	"ClosureLoopStays": ClosureLoopStays, "MethodValueLoop": MethodValueLoop, "GoPlain": GoPlain, "GoArgs": GoArgs, "GoMethod": GoMethod, "GoClosure": GoClosure,
	"DeferPlain": DeferPlain, "DeferLoop": DeferLoop, "DeferNine": DeferNine, "VariadicStays": VariadicStays, "RangeFunc": RangeFunc, "Recovered": Recovered,
	"AssertSwitch": AssertSwitch, "StructCompare": StructCompare, "AtomicAdd": AtomicAdd, "TimeSince": TimeSince, "StrconvAppend": StrconvAppend, "StrconvItoa": StrconvItoa,
	"StrconvParse": StrconvParse, "BufferReuse": BufferReuse, "BufferNew": BufferNew, "BuilderNew": BuilderNew, "PoolGet": PoolGet, "StringsRepeat": StringsRepeat,
	"StringsIndex": StringsIndex, "StringsSplit": StringsSplit, "Sprintf": Sprintf, "Sorted": Sorted, "OwnCall": OwnCall, "OwnCallFree": OwnCallFree,
	"InlinedChan": InlinedChan, "InterfaceCall": InterfaceCall, "HolderAdd": HolderAdd, "DeferLoopPlain": DeferLoopPlain, "DeferNineArgs": DeferNineArgs,
}
