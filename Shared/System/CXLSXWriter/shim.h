#include <xlsxwriter.h>

/* A workbook that is not wanted any more: lxw_workbook_free leaves the temporary files of its sheets open. */
static inline void latchkey_xlsx_abandon(lxw_workbook *workbook)
{
    lxw_worksheet *sheet;
    STAILQ_FOREACH(sheet, workbook->worksheets, list_pointers) {
        if (sheet->optimize_tmpfile != NULL) {
            fclose(sheet->optimize_tmpfile);
            sheet->optimize_tmpfile = NULL;
        }
    }
    lxw_workbook_free(workbook);
}
