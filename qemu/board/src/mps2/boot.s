@ The vectors, and the way from reset to Rust.
@
@ The program runs on the process stack, handlers run on the main stack: so a
@ stack overflow, at which the processor can push nothing more to the program's
@ stack, is reported all the same.

.syntax unified

.section .vectors, "a", %progbits
    .word __handler_stack_top
    .word reset
    .rept 13                        @ from the NMI to PendSV
    .word fault_entry
    .endr
    .word board_tick
    .rept 32                        @ the devices' interrupts, which stay off
    .word fault_entry
    .endr

.section .text.boot, "ax", %progbits
.global reset
.thumb_func
.type reset, %function
reset:
    movw r0, #:lower16:__stack_top
    movt r0, #:upper16:__stack_top
    msr psp, r0
    movs r0, #2                     @ the program uses the process stack
    msr control, r0
    isb
    bl board_start
    udf #0

@ What the processor has pushed lies on the stack that was in use; bit 2 of lr says
@ which one that was.
.thumb_func
.type fault_entry, %function
fault_entry:
    tst lr, #4
    ite eq
    mrseq r0, msp
    mrsne r0, psp
    b board_fault
