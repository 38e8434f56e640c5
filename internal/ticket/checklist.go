package ticket

import (
	"slices"
	"time"
)

// ItemID names an item of a checklist; a stored word.
type ItemID string

// The items of the seven checklists.
const (
	ItemLog          ItemID = "log"
	ItemClass        ItemID = "class"
	ItemOwner        ItemID = "owner"
	ItemAcknowledge  ItemID = "acknowledge"
	ItemExpectations ItemID = "expectations"
	ItemClarify      ItemID = "clarify"
	ItemGather       ItemID = "gather"
	ItemReproduce    ItemID = "reproduce"
	ItemLogs         ItemID = "logs"
	ItemCause        ItemID = "cause"
	ItemDecide       ItemID = "decide"
	ItemSolution     ItemID = "solution"
	ItemVerify       ItemID = "verify"
	ItemDocument     ItemID = "document"
	ItemInform       ItemID = "inform"
	ItemStakeholders ItemID = "stakeholders"
	ItemProgress     ItemID = "progress"
	ItemHandoffs     ItemID = "handoffs"
	ItemConfirm      ItemID = "confirm"
	ItemFeedback     ItemID = "feedback"
	ItemCloseOut     ItemID = "close_out"
	ItemKnowledge    ItemID = "knowledge"
	ItemPatterns     ItemID = "patterns"
	ItemCategory     ItemID = "category"
	ItemRecurrence   ItemID = "recurrence"
	ItemImprove      ItemID = "improve"
)

// Item is one thing that a step asks for.
type Item struct {
	ID   ItemID
	Step Step
	// Required items cannot be skipped: the step is not done without them.
	Required bool
	// Automatic items tick themselves from the ticket's facts.
	Automatic bool
	// Choices are the stored words of which the evidence names one; empty where it is words alone.
	Choices []string
	// WordsOptional lets the choice stand alone; else the evidence needs words too.
	WordsOptional bool
	// TellsCustomer marks an item whose evidence is a message to the customer:
	// it starts the customer's clock anew.
	TellsCustomer bool
}

// Ways in which a message reached the customer.
const (
	ByTicket = "ticket"
	ByMail   = "mail"
	ByPhone  = "phone"
	ByChat   = "chat"
)

// Ways lists the ways in which a message reaches the customer.
func Ways() []string { return []string{ByTicket, ByMail, ByPhone, ByChat} }

// CauseUnknown is the area of a root cause that nobody has found yet.
const CauseUnknown = "unknown"

// Areas lists where the root cause of a ticket may lie.
func Areas() []string {
	return []string{"code", "infrastructure", "configuration", "data", "usage", "third_party", CauseUnknown}
}

// Checklist gives the items of a step, in their order.
func Checklist(step Step) []Item {
	items := make([]Item, 0, 6)
	for _, item := range allItems {
		if item.Step == step {
			items = append(items, item)
		}
	}
	return items
}

// FindItem gives the item with the id.
func FindItem(id ItemID) (Item, bool) {
	i := slices.IndexFunc(allItems, func(item Item) bool { return item.ID == id })
	if i < 0 {
		return Item{}, false
	}
	return allItems[i], true
}

// allItems is made once, as it is looked into many times in each turn.
var allItems = []Item{
	{ID: ItemLog, Step: Reception, Required: true, Automatic: true},
	{ID: ItemClass, Step: Reception, Required: true, Automatic: true},
	{ID: ItemOwner, Step: Reception, Required: true, Automatic: true},

	{ID: ItemAcknowledge, Step: InitialResponse, Required: true, Choices: Ways(), TellsCustomer: true},
	{ID: ItemExpectations, Step: InitialResponse},
	{ID: ItemClarify, Step: InitialResponse},

	{ID: ItemGather, Step: Diagnosis},
	{ID: ItemReproduce, Step: Diagnosis, Required: true, Choices: []string{"yes", "sometimes", "no", "not_tried"}},
	{ID: ItemLogs, Step: Diagnosis},
	{ID: ItemCause, Step: Diagnosis, Required: true, Choices: Areas()},
	{ID: ItemDecide, Step: Diagnosis, Required: true},

	{ID: ItemSolution, Step: Resolution, Required: true, Choices: []string{"fix", "workaround"}},
	{ID: ItemVerify, Step: Resolution, Required: true},
	{ID: ItemDocument, Step: Resolution, Required: true},

	{ID: ItemInform, Step: Communication, Required: true, Choices: Ways(), TellsCustomer: true},
	{ID: ItemStakeholders, Step: Communication},
	{ID: ItemProgress, Step: Communication},
	{ID: ItemHandoffs, Step: Communication},

	{ID: ItemConfirm, Step: FollowUp},
	{ID: ItemFeedback, Step: FollowUp},
	{ID: ItemCloseOut, Step: FollowUp, Choices: Ways(), TellsCustomer: true},
	{ID: ItemKnowledge, Step: FollowUp},

	{ID: ItemPatterns, Step: TrendAnalysis},
	{ID: ItemCategory, Step: TrendAnalysis, Required: true, Choices: Areas(), WordsOptional: true},
	{ID: ItemRecurrence, Step: TrendAnalysis, Required: true, Choices: []string{"first", "seen_before", "recurring"}, WordsOptional: true},
	{ID: ItemImprove, Step: TrendAnalysis},
}

// MarkState says how an item was dealt with; a stored word.
type MarkState string

// The states of an item; one without a mark is open.
const (
	Done    MarkState = "done"
	Skipped MarkState = "skipped"
)

// Evidence is what shows that an item was done.
type Evidence struct {
	// Choice is one of the item's stored words, where it has them.
	Choice string `json:"choice,omitempty"`
	// Words are what the person wrote: an observation, a link, the message that was sent.
	Words string `json:"words,omitempty"`
	// Files are the ids of attachments of the ticket.
	Files []int64 `json:"files,omitempty"`
}

// Mark is how an item of a ticket was dealt with. A skipped item has its reason in Words.
type Mark struct {
	State MarkState `json:"state"`
	Evidence
	By Person    `json:"by"`
	At time.Time `json:"at"`
}
