package guard

// english holds the phrases of English. They are in lower case, and "'" is every apostrophe.
func english() *lexicon {
	l := &lexicon{sets: map[string]*phrases{}}
	englishTimes(l)
	englishWork(l)
	englishTalk(l)
	englishTone(l)
	englishParts(l)
	return l
}

// englishTimes adds how people say when.
func englishTimes(l *lexicon) {
	l.add("about", 0, `about; around; approximately; approx; roughly; approx .; ca; ca .; another; the next; the coming; less than; more than
		at most; up to; no more than; not more than; maybe; max; max .; under; over; just; only; ~; the; some; like; circa; a further; as little as; well under`)
	l.add("amount", 0, `{#count}; {#count} to|or {#count}; a; an; one; one or two; two; two or three; three; four; five; six; seven; eight; nine; ten; fifteen; twenty; thirty
		forty; sixty; ninety; twelve; a couple of; a couple; couple of; couple; a few; few; several; some; half a; half an; an hour and a half; a|one and a half
		{#count} and a half; a quarter of an; three quarters of an; a good; a matter of; tens of`)
	l.add("unit", 0, `minute; minutes; min; mins; min .; '; ' '; m; hour; hours; h; hr; hrs; hr .; day; days; d; week; weeks; wk; wks; month; months; seconds
		moment; moments; more|extra|short minutes|hours|days|weeks; business|working|calendar|full days|day|hours; hour or two|so; day or two|so; minute or two|so
		minutes|hours|days or so; hours and {#count} minutes; h {#count} m; of minutes|hours|days`)
	l.add("duration", 0, `{about}? {about}? {amount} {amount}? {unit}; an hour and a half; half the day; the hour`)
	l.add("half", 0, `am; pm; a . m .; p . m .; a . m; p . m; o'clock; h; sharp; in the morning|afternoon|evening`)
	l.add("zone", 0, `cet; cest; utc; gmt; bst; est; edt; cst; pst; pdt; ict; your time; our time; local time; z`)
	l.add("hourword", 0, `one; two; three; four; five; six; seven; eight; nine; ten; eleven; twelve`)
	l.add("clock", 0, `{#clock} {half}? {zone}?; {#hour} {half} {zone}?; half past {#hour}|{hourword}; quarter to|past {hourword}; {hourword} sharp|thirty|fifteen|pm|am; quarter to|past {#hour}; noon; midday; midnight; lunch; lunchtime; lunch time
		dinner; breakfast; dawn; five|six|seven|eight|nine|ten|eleven|twelve|one|two|three|four o'clock`)
	l.add("daypart", 0, `morning; afternoon; evening; night; lunchtime; noon; lunch; midday; early morning; early afternoon; late afternoon`)
	l.add("weekday", 0, `monday; tuesday; wednesday; thursday; friday; saturday; sunday; mon; tue; tues; wed; thu; thur; thurs; fri; sat; sun`)
	l.add("month", 0, `january; february; march; april; may; june; july; august; september; october; november; december
		jan; feb; mar; apr; jun; jul; aug; sep; sept; oct; nov; dec`)
	l.add("ordinal", 0, `{#count} st|nd|rd|th?`)
	l.add("date", 0, `{#date}; {ordinal} of? {month} {#any}?; {month} the? {ordinal}; the {#count} st|nd|rd|th; q {#count} {#any}?`)
	l.add("period", 0, `{weekday} {daypart}?; {daypart}; week; month; quarter; year; weekend; {month}; release; few days; few hours; days; hours; sprint`)
	l.add("soon", 0, `tomorrow {daypart}?; tmr; tmrw; tomorrow's; tonight; tonight's; later today|tonight; later this {period}; today; today's; next {period}; the next {period}
		the following {weekday}; this coming {period}; coming {period}; this {period}; the day after tomorrow; overnight; eod; eob; cob; eow; eom; eoy; eod|cob|eob {weekday}
		end of the? day|week|month|year|business|quarter|shift|play; the end of the? day|week|month|year|business|quarter|shift|{month}; close of business|play
		early|late|first thing|some time|sometime|mid {weekday}; early|some time|sometime|first thing|late next {period}; first thing; first thing tomorrow
		first thing in the morning; the weekend; weekend; month's end; year's end; year end; month end; week's end; the night; nightfall; christmas; new year; easter
		this time tomorrow; early tomorrow; late tomorrow; mid|early|late next? week; the start|beginning of next {period}; in the morning`)
	l.add("spot", 0, `{clock}; {weekday} {daypart}?; {date}; {weekday} the {ordinal}`)
	l.add("join", 0, `,; at; on; by; around; about; at around|about; , at; , around; , by; the; -; , the; (`)
	l.add("moment", 0, `{soon}; {spot}`)
	l.add("when", 0, `{moment} {join}? {moment}? {join}? {moment}?; {#hour}; {moment} {join}? {#hour}`)

	l.add("promise", deadline, `by|before|until|till|til {about}? {about}? {when}; by|before|until|till the? latest {when}; by {month}; not|no later than {when}; latest by? {when}; at the latest {when}
		no|not later than the? {when}; {soon} {join}? {when}?; from|as of|starting {soon} {join}? {spot}?; {soon} at {#hour}; for|on|over|during|at|in {soon} {join}? {when}?
		in|within|inside|under {duration}; in|within|over|during the next|coming {amount}? {unit}; in {duration} 's? time; in no more than {duration}
		after {soon}; after {duration}; {duration} from now; {duration} until|till|before|and; within the hour|day|week|month; inside {duration}; {amount} more {unit}; just {amount} more {unit}; in|over|during the course of the day|morning|afternoon|evening|week|night; during|throughout the day|morning|afternoon|evening; by mid {daypart}|{weekday}|{month}; from {weekday} on|onwards|onward; {when} onwards; before|when|until|by the time you|everyone|they start|come|arrive|begin|get * {when}; before you start|come|arrive|begin|get work|in|to|up; between {#hour} and {clock}; between {when} and {when}
		in time for {when}; sometime|some time {soon}; come {weekday}; before {daypart}; before the {period} is? out|over; by the time you * in`)
	l.add("promise", point, `{spot} {join}? {when}?; at|on|around|for|about {when}; at about|around {when}; on the {ordinal}; at {#hour} {zone}?; this morning`)
	l.add("promise", length, `{duration}; {duration} - {duration}`)
	l.add("promise", pastTime, `yesterday {daypart}? {join}? {when}?; yesterday's; last {period} {join}? {when}?; the last {period}; {duration} ago; {when} last|yesterday {period}?
		by|before|at|on|until|around|in {when} last|yesterday {period}?; by|until|before|at yesterday; since {when}; since the? {about}? {moment}; over|for|during|in the last|past {amount}? {unit}
		earlier today; earlier this {period}; so far today; {duration} earlier; {duration} after you
		as of now; just now; for {duration} now; previous {period}`)
	l.add("promise", habit, `from {when} to|until|till|- {when}; every|each {period}; every|each {period} at|on {when}; every {#count}? {unit}; of {spot}; of the {ordinal}; daily at {when}; per {unit}
		from {#hour} to|until|- {when}; {weekday} to|-|through {weekday}; mondays|tuesdays|wednesdays|thursdays|fridays; the {spot}; your {spot}; our {spot}; a {spot}; of {soon}
		every|each {period} from {when} to|until {when}; dated {spot}; of last {period}; {clock} - {clock}; between {when} and {when} every|each {period}; {clock} to {clock}`)
}

// englishWork adds how people speak of the fix.
func englishWork(l *lexicon) {
	l.add("done", 0, `fixed; resolved; solved; repaired; restored; recovered; deployed; released; shipped; published; completed; finished; sorted; sorted out; remedied
		rectified; corrected; cleared; patched; implemented; applied; rolled out; put right; rebuilt; reestablished; taken care of; installed; delivered; cured
		replaced; wrapped up; migrated; unblocked; unlocked; reinstated; reactivated; reset; cleaned up; addressed; ironed out; stabilised; stabilized; rolled back`)
	l.add("issue", 0, `it; this; that; everything; all; them; the issue|problem|error|bug|portal|service|system|report|reports|export|import|login|outage|access`)
	l.add("promise", finished, `{done}; done; have|has {issue} {done}; have|has {issue} done; up and running; it done; {done} for you`)
	l.add("promise", fix, `fix; resolve; solve; repair; restore; recover; deploy; release; ship; publish; complete; finish; sort; sort out; rectify; correct; patch; roll out; implement
		apply; install; deliver; rebuild; bring back; bring it|them back; go|goes live; be live; go|goes out; lands; land; resume; resumes; come|comes back up?; put right; reinstate; unblock
		fixing; resolving; deploying; releasing; restoring; get|gets|getting {done}; is|are released|deployed|shipped|published|rolled out; get it|this|that|them {done}
		back; back online; back up; back up and running; back to normal; back in service|business|operation; back again; up again; working again; works again; work again; running again; again
		be working; be running; will work; should work; work properly|normally|correctly; ready; be ready; be available; is available again; available again; in place; good to go
		good as new; be gone; be over; be up; be able to; can use; can log in; can sign in; can work; can post; can access; can continue; be usable; operational; be functional; functional; fully functional
		be history; be ok; be okay; be fine; be good; be alright; be normal; go away; turn * on; turned around; be behind us; be smooth; be fine; hit|reach|reaches|hits your tenant|system|environment|installation; get * over the line; live again; be out; be through; be there; stop happening; be solved
		make it work; be up; be finished; be a thing of the past; see it working; see the correct|right; no longer see; no longer have|get; not see; be fast|quick|faster again?; have * ready; have * working; have * running
		have * sorted; have * back; will arrive; you will have; you'll have; disappear; sends|prints|runs|shows * again`)
	l.add("promise", solution, `the|a|an|this|that|our|your|any|no fix|patch|repair|solution|release|deployment|restore|correction; fix; fixes; hotfix; bugfix; bug fix; hot fix; patch; patches; solution; workaround; work around; resolution; repair; recovery; correction; the restore; the migration; the deployment
		new version|release|build; next version|release|build; permanent fix|solution; service; access`)
	l.add("promise", estimate, `eta; e . t . a; etr; ttr; eta for|of|on * fix|solution|patch|repair|resolution; expected|estimated|target|planned|anticipated resolution|completion|fix|recovery|repair|restoration|delivery|release|finish|end|downtime|date|duration time|date?
		estimated|expected time to|of|for fix|resolution|repair|recovery|resolve|restore|completion|solution; time to fix|resolution|repair|recovery|resolve|restore|recover; time of repair; expected back; expected up
		fix|repair|resolution|recovery|restoration time|date; give us|me|them|our|it; planned :; scheduled :; expected :; estimated :; eta :; forecast; on track for; bear with us|me; planned for; turnaround; turnaround time; target; target date; deadline; timeline; due; hold on|tight; allow us|me; downtime; lasts`)
	l.add("promise", need, `takes; take; taking; take|takes us|me|them; keep us busy; need; needs; require; requires; be about; be another; you'll need to wait; wait; it's another; is another; we're looking at; looking at; is a matter of`)
}

// englishTalk adds how people speak of what is not the fix: words to the customer,
// what the customer does, the next steps; and how they say that they do not promise.
func englishTalk(l *lexicon) {
	l.add("you", 0, `you; you all; your team; your colleagues; everyone; them; him; her; mr|ms|mrs *`)
	l.add("news", 0, `update; updates; status; status update; news; answer; reply; message; mail; email; e mail; call; response; report; information; info; summary; word; feedback; notice; sign of life; findings; results; progress; situation report; overview; note`)
	l.add("promise", tell, `update|inform|tell|notify|call|phone|ring|contact|message|mail|email|brief|write|answer|reach|ping|text {you}; call|ring|phone|write|report|get|come|mail|email|message {you}? back; get|come|be|go back to {you}
		back to {you}; let {you} know; get|be|keep|stay in touch; reach out; reach out to {you}; follow up; write; write to {you}; write {you}? again; hear from us|me; hear back; hear from us|me again; hear more; hear
		keep {you} posted|informed|updated|up to date|in the loop; {news}; next {news}; further {news}; an? {news}; send|give|share|provide|get {you} a|an|the|our|more|another|further? {news}; send {you}; give {you}; share; provide|send an? {news}
		report; report to {you}; report back; respond; reply; be in contact; touch base; expect * {news}; be told; be informed; be updated; be contacted; tell; say more; know more; have {news} for {you}; have more|an {news}; have news
		eta of|for|on our|the|my|your next? {news}|parcel|order|delivery|visit; update {you} on|about|regarding * fix|solution|patch|repair|progress; {news} on|about|regarding|of|for * fix|solution|patch|repair|resolution|correction; publish|post|give|release|deliver|complete|finish * {news}
		check in with {you}; drop {you} a? line|note|message; get|come back with; speak; speak to {you}; talk; talk to {you}; speak again; talk again; see {you}; will be notified; updated; be back with; be back in touch; next contact; confirm; confirm to {you}`)
	l.add("promise", other, `look at; look into; looks at; looking at the|your|it|this; looks into; looking into; review; reviewing; analyse; analyze; analysing; analyzing; check; checks; checking; test; tests; testing; start; starts; begin; begins; join; joins; monitor; monitoring; keep an eye
		investigate; investigating; investigation; analysis; meet; meeting; meets; call; video call; close the|this|your ticket|case|request; ticket|case|request will be closed; closed; be closed; ask; asked; escalate; escalated; discuss; compare; reproduce; try; tries; try again; try it again
		send us; sent us; send me; share with us; provide us|me; restart; sign in; log on; order; ordered; invoice; reported; received; wrote; called; contacted us; raised; opened; noticed; happened; occurred; began; started; stopped; failed; was introduced; broke; placed; created; changed
		maintenance window; window; run every; runs every; runs; run at; available from; we are available; we're available; i am available; i'm available; our team is available; team is available; open; reachable; reach us|me; call us|me; contact us|me; office hours; opening hours; hours are; holiday; on leave; out of office; away; closed
		working on; works on; work on; work with; working with; work through; work from; we work; plan; collect; gather; look forward; thank you again; thanks again; sorry again; apologies again; once again; again sorry; take a look; takes a look; have a look; has a look; had a look; have a call; go through
		visit; come by|over|to; comes by|over|to; on site; technician; will be with you; arrive at|in; schedule a; appointment; suit; suits; work for you; works for you; convenient; you need; we need your; we need you; need your; need from you; answer by; need to know; need the|your|a|an
		took; has taken; have taken; had taken; expires; expire; valid; due to; because of; subscription; license; contract; renew; renewal; payment; pay; remind; reminder; book; booked; back then; again and again; backed up; back end
		have {done}; has {done}; had {done}; we've {done}; we|i|they|he|she|team|colleagues|engineers|developers|vendor|who {done}; already {done}; {done} it|this|that|them for? you? already; had {issue} {done}; restart|reboot|kick off|prepare|attempt|continue|resume {issue}? work|working|testing|analysis; switch to; take care; take this|it|your|that|part|over|place|note; takes place; take the; take your; take them
		take into; backup; back up the|your; keep; ready for your; up to you; follow|set up; look up; up to; pick it|this up; picks it|this up; pick up; bring up; bring this|it up; come up; comes up; sum up; signed up; sign up; write up; service desk|pack|level|request|hours|team; access to your; access code; access your; access log|logs|rights; released to; last`)
	l.add("promise", future, `will; 'll; it'll; we'll; you'll; i'll; they'll; that'll; this'll; he'll; she'll; there'll; will have; should; shall; may; might; can; could; would; going to; gonna; expect; expects; expected; hope; hopes; hopefully; hoping; aim; aims; aiming
		plan to; plans to; planning; planned; intend; scheduled; is to be; are to be; promise; sure; confident; guarantee; set to; try to; trying to; targeting; want to; about to; likely; probably; is due; are due; we're; should have; commit; committed; let's; anticipate; i'd say; estimate; reckon; think; assume; you can`)
	l.add("promise", past, `was; were; has been; have been; had been; has; had; wasn't; weren't; did; didn't; got; went; came; is now; are now; is already; are already; should have been; could have been; would have been; must have been; it's now; it is now
		has now been; have now been; has already been; have already been; been; we've; i've; they've`)
	l.add("notpromise", 0, `promise; guarantee; commit; say; confirm; know; give; predict; estimate; tell; rule; offer; provide; expect; be sure; make; foresee; assure; set; yet say; yet confirm; yet promise; yet give; yet tell; yet commit; yet know; yet guarantee`)
	l.add("promise", denial, `cannot|can't|couldn't|won't|don't|doesn't|unable|wouldn't|shouldn't|didn't to? {notpromise}; can|do|will|does|could|would|are|is|am not able? to? {notpromise}; unable to {notpromise}; not able to {notpromise}; no guarantee; no promise; no promises; no eta; no fixed time; no date; no time; too early; hard to say; not sure
		don't|do not * have an? eta|date|time|estimate|timeline; without promising; not yet known; not known; unknown; unclear; not clear; not possible to say; i'm not sure; not certain; difficult to say; impossible to say; never promise; cannot|can't yet? * {notpromise}; not in a position to; refrain from; hesitate`)
	l.add("promise", contrast, `but; however; still; though; although; nevertheless; yet ,; that said; instead`)
	l.add("promise", boundary, `,; (; ); —; -; /; and; so; then; while; because; once; when; which; who; or; after that; where; as; as soon as; since; that; how; why`)
	l.add("promise", condition, `if; whether; unless; in case; provided; assuming; should you`)
	l.add("kept", 0, `by; before; in; within; at; on; tomorrow; tonight; today; this; next; later; first thing; no later; overnight; over`)
	l.add("asks", 0, `do; does; did; would; could; can; may; is; are; shall; should; when; which; what; how; has; have; will; was; were; by when; until when; who; where; why; any`)
}
